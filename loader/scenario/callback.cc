// SPDX-License-Identifier: GPL-2.0-or-later
// The i386 code that scenarios have for callbacks, read back as what it does.
#include "loader/scenario/callback.h"

#include "loader/scenario/scenario_text.h"

#include <nlohmann/json.hpp>

namespace retromod {
namespace {

using nlohmann::json;
using Kind = CallbackOperation::Kind;

constexpr CallbackForm forms[] = {
    {"return", Kind::return_value, false, true}, {"end", Kind::return_nothing, false, false},
    {"break", Kind::stop, false, false},         {"add", Kind::add, true, true},
    {"or", Kind::set_bits, true, true},          {"load", Kind::load, true, false},
    {"store", Kind::store, true, false},         {"set", Kind::store_value, true, true},
};

/// An instruction that scenarios use: its opcode, and which operands follow in which size.
struct Pattern {
    std::string_view opcode;
    Kind kind;
    std::int64_t fixed_value; ///< where the instruction says the value itself
};
constexpr Pattern patterns[] = {
    {"cc", Kind::stop, 0}, {"c3", Kind::return_nothing, 0}, {"b8", Kind::return_value, 0}, // mov eax; a ret must follow
    {"ff05", Kind::add, 1}, {"ff0d", Kind::add, -1},         {"810d", Kind::set_bits, 0},
    {"a1", Kind::load, 0},  {"a3", Kind::store, 0},          {"c705", Kind::store_value, 0},
};

std::string_view name_of(Kind kind)
{
    for (const auto& form : forms)
        if (form.kind == kind) return form.name;
    return {};
}

/// Takes hex digits and words off the front of a list of code parts.
class Parts {
public:
    explicit Parts(const json& code)
    {
        if (code.is_string()) parts_.push_back(code);
        else parts_.assign(code.begin(), code.end());
    }
    bool empty() const { return parts_.empty(); }
    bool take(std::string_view digits)
    {
        if (empty() || !parts_.front().is_string()) return false;
        auto& text = parts_.front().get_ref<std::string&>();
        if (!text.starts_with(digits)) return false;
        text.erase(0, digits.size());
        if (text.empty()) parts_.erase(parts_.begin());
        return true;
    }
    /// A 32-bit operand: a value in words, or a number in little-endian hex. Null when there is none.
    json take_operand()
    {
        if (empty()) return nullptr;
        if (parts_.front().is_object()) {
            auto value = parts_.front()["u32"];
            parts_.erase(parts_.begin());
            return value.is_array() ? json() : value;
        }
        auto& text = parts_.front().get_ref<std::string&>();
        const auto bytes = bytes_in_hex(text.substr(0, 8));
        if (!bytes || bytes->size() != 4) return nullptr;
        std::uint32_t value = 0;
        for (unsigned i = 0; i < 4; ++i) value |= std::to_integer<std::uint32_t>((*bytes)[i]) << 8 * i;
        text.erase(0, 8);
        if (text.empty()) parts_.erase(parts_.begin());
        return static_cast<std::int32_t>(value);
    }

private:
    std::vector<json> parts_;
};

/// The next instruction as an operation; null when it is none of the patterns.
json take_operation(Parts& parts)
{
    for (const auto& pattern : patterns) {
        if (!parts.take(pattern.opcode)) continue;
        json operation = {name_of(pattern.kind)};
        const bool addresses =
            pattern.kind != Kind::stop && pattern.kind != Kind::return_nothing && pattern.kind != Kind::return_value;
        if (addresses) operation.push_back(parts.take_operand());
        if (pattern.fixed_value) operation.push_back(pattern.fixed_value);
        else if (pattern.kind == Kind::return_value || pattern.kind == Kind::set_bits || pattern.kind == Kind::store_value)
            operation.push_back(parts.take_operand());
        for (const auto& operand : operation)
            if (operand.is_null()) return nullptr;
        if (pattern.kind == Kind::return_value && !parts.take("c3")) return nullptr;
        return operation;
    }
    return nullptr;
}

} // namespace

std::span<const CallbackForm> callback_forms() { return forms; }

std::optional<json> read_i386_callback(const json& code)
{
    auto operations = json::array();
    for (Parts parts(code); !parts.empty();) {
        auto operation = take_operation(parts);
        if (operation.is_null()) return std::nullopt;
        operations.push_back(std::move(operation));
    }
    const auto ends = [](const json& operation) { return operation[0] == "return" || operation[0] == "end"; };
    if (operations.empty() || !ends(operations.back())) return std::nullopt;
    return operations;
}

} // namespace retromod
