// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/translate_steps.h"

#include "emu/abi/errno.h"
#include "loader/scenario/callback.h"
#include "loader/scenario/runner.h"
#include "loader/scenario/scenario_text.h"

#include <fmt/format.h>

#include <array>

namespace retromod {

using nlohmann::json;

namespace {

constexpr std::uint64_t i386_entry_bytes = 8; ///< of its exception tables
constexpr std::uint64_t kernel_symbols = 3;   ///< of the reference kernel
constexpr std::uint32_t unset_address = 0xd0000000; ///< what a label that is not set stands for, written as a number
constexpr std::string_view unset_label = "@(unset)";

bool mentions_header(const json& value)
{
    return value.is_string() && value.get_ref<const std::string&>().find("$H") != std::string::npos;
}

/// The offset in "@a+500" or "@+500", and what is before it.
struct Place {
    std::string base;
    std::uint64_t offset;
};
std::optional<Place> place_in(const json& value)
{
    if (!value.is_string() || mentions_header(value)) return std::nullopt;
    const auto& text = value.get_ref<const std::string&>();
    const auto plus = text.rfind('+');
    if (!text.starts_with("@") || plus == std::string::npos) return std::nullopt;
    const auto offset = number_in_text(std::string_view(text).substr(plus + 1));
    if (!offset) return std::nullopt;
    return Place{text.substr(0, plus), *offset};
}

std::int64_t signed_number(const json& value) { return static_cast<std::int32_t>(value.get<std::int64_t>()); }

/// Names a scenario's members of struct module by their i386 offset.
std::string_view field_at(std::uint64_t offset) { return offset % 4 ? std::string_view() : scenario_field_name(offset / 4); }

} // namespace

// --- values -----------------------------------------------------------------------------------------------------

/// A word: an address by name, or a number.
json StepTranslator::value(const json& value) const
{
    if (const auto place = place_in(value)) return fmt::format("{}+{}", place->base, numbers_.offset(place->offset));
    if (value.is_string()) return value;
    if (static_cast<std::uint32_t>(value.get<std::int64_t>()) == unset_address) return unset_label;
    if (value.get<std::int64_t>() < 0) return value;
    return numbers_.word(value.get<std::uint64_t>());
}

/// A value of numbers and $H, as i386 has it.
std::uint64_t StepTranslator::plain_number(const json& value) const
{
    if (!value.is_string()) return static_cast<std::uint32_t>(value.get<std::int64_t>());
    std::uint64_t sum = 0;
    const auto terms = value_terms(value.get_ref<const std::string&>());
    for (const auto& [minus, term] : terms.value()) {
        const auto amount = term == "$H" ? numbers_.i386_header_bytes() : number_in_text(term).value_or(0);
        sum += minus ? 0 - amount : amount;
    }
    return static_cast<std::uint32_t>(sum);
}

/// A module's size: what it is beyond sizeof(struct module) counts the bytes of its name.
json StepTranslator::size(const json& size)
{
    const auto number = plain_number(size);
    if (mentions_header(size)) numbers_.note_size(static_cast<std::int64_t>(number - numbers_.i386_header_bytes()));
    else if (numbers_.word(number) != number) return numbers_.word(number);
    return numbers_.size(number);
}

json StepTranslator::header_size(const json& value) const
{
    const auto number = plain_number(value);
    if (number == numbers_.i386_header_bytes()) return "$H";
    return numbers_.word(number) != number ? numbers_.word(number) : numbers_.offset(number);
}

// --- images -----------------------------------------------------------------------------------------------------

/// The end of an exception table: as many entries behind its start; but short of, at, or behind the image's end as it was.
json StepTranslator::table_end(const json& start, const json& end, std::uint64_t image_bytes) const
{
    const auto first = place_in(start), last = place_in(end);
    const auto entry = numbers_.arch().exception_entry_bytes;
    if (first && last && last->offset + 1 < image_bytes && last->offset >= first->offset) {
        const auto bytes = (last->offset - first->offset) * entry / i386_entry_bytes;
        return fmt::format("{}+{}", last->base, numbers_.offset(first->offset) + bytes);
    }
    if (start.is_string() && mentions_header(start) && mentions_header(end) && plain_number(end) >= plain_number(start))
        return fmt::format("{}+{}", start.get_ref<const std::string&>(),
                           (plain_number(end) - plain_number(start)) * entry / i386_entry_bytes);
    if (!start.is_number() || !end.is_number() || end.get<std::int64_t>() <= start.get<std::int64_t>()) return value(end);
    return start.get<std::uint64_t>() + (end.get<std::uint64_t>() - start.get<std::uint64_t>()) * entry / i386_entry_bytes;
}

/// Sums that overflow 32 bits have no counterpart in 64, where counts stay 32 bits wide, nor where modules lie elsewhere.
void StepTranslator::refuse_wrapping(const json& fields) const
{
    constexpr std::pair<const char*, std::uint64_t> arrays[] = {{"nsyms", 8}, {"ndeps", 12}};
    const auto& arch = numbers_.arch();
    const auto wraps = [](std::uint64_t bytes, const Arch& on) { return bytes + scenario_nowhere(on).value > 0xffffffff; };
    for (const auto& [field, element] : arrays) {
        const auto bytes = fields.contains(field) ? plain_number(fields[field]) * element : 0;
        if (arch.word_bytes == 8 ? bytes > 0xffffffff : bytes <= 0xffffffff && wraps(bytes, arch) != wraps(bytes, i386()))
            throw Untranslatable("arithmetic that wraps at 32 bits");
    }
}

void StepTranslator::translate_fields(json& fields)
{
    constexpr std::array counts = {"nsyms", "ndeps", "usecount"};
    refuse_wrapping(fields);
    const auto image_bytes = fields.contains("size") ? plain_number(fields["size"]) : 0;
    const auto old = fields;
    for (const auto& [name, content] : old.items()) {
        auto& field = fields[name];
        if (name == "size") field = size(content);
        else if (name == "size_of_struct") field = header_size(content);
        else if (name == "ex_table_end" && old.contains("ex_table_start"))
            field = table_end(old["ex_table_start"], content, image_bytes);
        else if (std::ranges::find(counts, name) == counts.end()) field = value(content);
    }
}

void StepTranslator::translate_image(json& image, const json& name)
{
    if (image.contains("bad")) return;
    label_ = image.contains("base") ? image["base"].get<std::string>() : name.is_string() ? name.get<std::string>() : "";
    auto& fields = image["fields"];
    if (!fields.is_object()) fields = json::object();
    symbol_counts_[name.dump()] = fields.contains("nsyms") ? plain_number(fields["nsyms"]) : 0;
    translate_fields(fields);
    // What insmod does: 32K behind what gp can reach from. Here that is the image's end, which is always inside it.
    if (numbers_.arch().has_gp)
        fields["gp"] = fmt::format("@+{}+32768", fields.contains("size") ? fields["size"].get<std::uint64_t>() : 0);
    image["len"] = size(image["len"]);
    if (!image.contains("body")) return;
    for (auto& item : image["body"]) item = body_item(item);
}

json StepTranslator::body_item(const json& item)
{
    json translated = item;
    auto& offset = translated["off"];
    if (!mentions_header(offset)) offset = numbers_.offset(plain_number(offset));
    if (item.contains("u32")) {
        translated.erase("u32");
        auto& words = translated["words"] = json::array();
        if (!item["u32"].is_array()) words.push_back(value(item["u32"]));
        else for (const auto& word : item["u32"]) words.push_back(value(word));
    }
    for (const auto* form : {"hex", "code"}) {
        if (!item.contains(form)) continue;
        const auto operations = read_i386_callback(item[form]);
        if (!operations && item.contains("code")) throw Untranslatable("machine code of i386");
        if (!operations) break; // bytes that are no code
        translated.erase(form);
        translated["callback"] = code(*operations);
    }
    return translated;
}

/// A callback: its addresses moved, its values by what is at the address, and how wide that is.
json StepTranslator::code(const json& operations)
{
    if (!has_callbacks(numbers_.arch())) throw Untranslatable("callbacks, which nobody has written for it");
    auto translated = operations;
    for (auto& operation : translated) {
        if (operation[0] == "return") {
            const auto value = signed_number(operation[1]);
            const auto error = value < 0 ? errno_from_number(static_cast<std::uint64_t>(-value), i386()) : std::nullopt;
            if (error) operation[1] = -static_cast<std::int64_t>(errno_number(*error, numbers_.arch()));
            continue;
        }
        if (operation.size() < 2) continue;
        const auto place = place_in(operation[1]);
        const auto field = place && place->base == "@" ? field_at(place->offset) : std::string_view();
        if (place) stored_.insert(fmt::format("{}+{}", place->base == "@" ? "@" + label_ : place->base, place->offset));
        if (field == "size" && operation[0] == "set") operation[2] = numbers_.size(operation[2].get<std::uint64_t>());
        operation[1] = value(operation[1]);
        if (operation.size() == 2) operation.push_back(0); // load and store have no value
        operation.push_back(field.empty() ? 4 : scenario_header_field(numbers_.layout(), field).size);
    }
    return translated;
}

// --- steps ------------------------------------------------------------------------------------------------------

std::uint64_t StepTranslator::symbols_of(const json& query) const
{
    if (query["name"].is_null()) return kernel_symbols;
    const auto known = symbol_counts_.find(query["name"].dump());
    return known == symbol_counts_.end() ? 0 : known->second;
}

json StepTranslator::query(json step) const
{
    const bool is_symbols = step["which"] == "SYMBOLS" || step["which"] == 4;
    const bool is_info = step["which"] == "INFO" || step["which"] == 5;
    if (!is_symbols && !is_info) return step;
    const auto translated = [&](const json& bytes) -> json {
        const auto number = plain_number(bytes);
        return is_info ? numbers_.words(number) : numbers_.table_with_text(number, symbols_of(step));
    };
    step["bufsize"] = translated(step["bufsize"]);
    if (!step.contains("buf") || !step["buf"].is_object()) return step;
    for (auto& [form, bytes] : step["buf"].items()) {
        if (bytes.is_number()) bytes = translated(bytes);
        else if (bytes.is_array()) for (auto& bound : bytes) bound = translated(bound);
    }
    return step;
}

json StepTranslator::step(const json& step)
{
    if (!numbers_.arch().page_offset)
        for (const auto* pointer : {"name", "image", "buf", "ret", "table"})
            if (const auto found = step.find(pointer);
                found != step.end() && found->is_object() && found->value("bad", "") == "null")
                throw Untranslatable("the user's address 0, where the kernel's own memory begins");
    const auto& op = step["op"].get_ref<const std::string&>();
    auto translated = step;
    if (op == "create") translated["size"] = size(step["size"]);
    else if (op == "init") translate_image(translated["image"], step["name"]);
    else if (op == "tweak") translate_fields(translated["set"]);
    else if (op == "query") translated = query(step);
    else if (op == "kapi") {
        for (auto& argument : translated["args"])
            if (!argument.is_object()) argument = value(argument);
    } else if (op == "peek") {
        translated["at"] = value(step["at"]);
        if (holds_numbers(step["at"])) translated["len"] = numbers_.words(plain_number(step["len"]));
    } else if (op == "get_kernel_syms" && step["table"].is_object() && step["table"].contains("bytes")) {
        throw Untranslatable("a table of kernel symbols that ends inside an entry");
    }
    if (step.contains("on_trap"))
        for (auto& list : translated["on_trap"]) list = steps(list);
    return translated;
}

json StepTranslator::steps(const json& steps)
{
    auto translated = json::array();
    for (const auto& each : steps) translated.push_back(step(each));
    return translated;
}

} // namespace retromod
