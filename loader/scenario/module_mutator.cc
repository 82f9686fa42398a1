// SPDX-License-Identifier: GPL-2.0-or-later
// The operations of the modern scenarios on an ELF64 image, each on the image as the ones before left it.
#include "loader/scenario/module_mutator.h"

#include "emu/abi/byte_order.h"
#include "loader/scenario/editable_image.h"
#include "loader/scenario/json_sentence.h"
#include "loader/scenario/scenario.h"
#include "loader/scenario/scenario_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <span>

namespace retromod {
namespace {

using nlohmann::json;
using Bytes = EditableImage::Bytes;

constexpr RecordField header_fields[] = {
    {"e_type", 16, 2},  {"e_machine", 18, 2}, {"e_version", 20, 4},   {"e_entry", 24, 8},     {"e_phoff", 32, 8},
    {"e_shoff", 40, 8}, {"e_flags", 48, 4},   {"e_ehsize", 52, 2},    {"e_phentsize", 54, 2}, {"e_phnum", 56, 2},
    {"e_shentsize", 58, 2}, {"e_shnum", 60, 2}, {"e_shstrndx", 62, 2},
};
constexpr RecordField symbol_fields[] = {
    {"st_name", 0, 4}, {"st_info", 4, 1}, {"st_other", 5, 1}, {"st_shndx", 6, 2}, {"st_value", 8, 8}, {"st_size", 16, 8},
};
constexpr RecordField relocation_fields[] = {{"r_offset", 0, 8}, {"type", 8, 4}, {"sym", 12, 4}, {"r_addend", 16, 8}};
/// struct module_signature.
constexpr RecordField trailer_fields[] = {
    {"algo", 0, 1}, {"hash", 1, 1}, {"id_type", 2, 1}, {"signer_len", 3, 1}, {"key_id_len", 4, 1},
    {"pad0", 5, 1}, {"pad1", 6, 1}, {"pad2", 7, 1},    {"sig_len", 8, 4},
};
constexpr std::size_t trailer_bytes = 12;
constexpr std::string_view marker = "~Module signature appended~\n";

[[noreturn]] void fail(const std::string& why) { throw ScenarioError(why); }

std::string latin1(const json& text)
{
    const auto bytes = bytes_in_text(text.get_ref<const std::string&>());
    if (!bytes) fail("a string has characters above 255");
    return *bytes;
}

Bytes hex_bytes(const json& text)
{
    const auto bytes = bytes_in_hex(text.get_ref<const std::string&>());
    if (!bytes) fail(fmt::format("'{}' is not hex", text.get_ref<const std::string&>()));
    return *bytes;
}

class Mutator : private EditableImage {
public:
    Mutator(Bytes image, const MutationContext& context) : EditableImage(std::move(image)), context_(context) {}
    using EditableImage::take;

    void apply(const json& operation)
    {
        for (const auto& row : all_operations()) {
            if (!operation.contains(row.key)) continue;
            (this->*row.run)(operation);
            return;
        }
        for (const auto& [key, value] : operation.items())
            if (key.starts_with("elf.")) return change_header(operation);
        fail(fmt::format("no such operation: {}", operation.dump()));
    }

private:
    struct Operation {
        std::string_view key;
        void (Mutator::*run)(const json&);
    };
    static std::span<const Operation> all_operations();

    // --- numbers ---------------------------------------------------------------------------------------------------

    std::uint64_t value(const json& form, std::uint64_t old)
    {
        if (form.is_number_unsigned()) return form.get<std::uint64_t>();
        if (form.is_number_integer()) return static_cast<std::uint64_t>(form.get<std::int64_t>());
        const std::string_view text = form.get_ref<const std::string&>();
        if (text.starts_with("idx:")) return section_index(text.substr(4));
        if (text.starts_with("size:")) return section_value(section_index(text.substr(5)), "sh_size");
        if (text.starts_with("field:")) return context_.member_offset(text.substr(6));
        if (text == "shnum") return section_count();
        std::uint64_t base = 0;
        auto rest = text;
        if (rest.starts_with("len")) {
            base = size();
            rest.remove_prefix(3);
            if (rest.empty()) return base;
        } else if (rest.starts_with('+') || rest.starts_with('-')) {
            base = old;
        }
        const bool minus = rest.starts_with('-');
        if (minus || rest.starts_with('+')) rest.remove_prefix(1);
        const auto number = number_in_text(rest);
        if (!number) fail(fmt::format("'{}' is no value", text));
        return minus ? base - *number : base + *number;
    }
    void change(std::size_t record, const RecordField& field, const json& form)
    {
        const auto at = record + field.offset;
        store(at, field.bytes, value(form, load(at, field.bytes)));
    }
    /// An offset that may count from the end.
    std::size_t position(const json& form, std::size_t size)
    {
        const auto at = static_cast<std::int64_t>(value(form, 0));
        return static_cast<std::size_t>(at < 0 ? at + static_cast<std::int64_t>(size) : at);
    }

    // --- sections --------------------------------------------------------------------------------------------------

    std::uint64_t section_named(const json& name) const
    {
        return name.is_number() ? name.get<std::uint64_t>() : section_index(name.get_ref<const std::string&>());
    }
    void change_section(const json& operation)
    {
        const auto index = section_named(operation["section"]);
        if (operation.contains("name_of"))
            return set_section(index, "sh_name", section_value(section_named(operation["name_of"]), "sh_name"));
        if (operation.contains("name"))
            return set_section(index, "sh_name", add_string(section_names(), latin1(operation["name"])));
        if (operation.contains("data_off")) {
            const auto start = section_value(index, "sh_offset");
            return patch(start + position(operation["data_off"], section_value(index, "sh_size")), hex_bytes(operation["hex"]));
        }
        if (operation.contains("data")) {
            const auto& data = operation["data"];
            if (data.contains("hex")) return replace_content(index, hex_bytes(data["hex"]));
            const auto text = latin1(data.at("text"));
            const auto bytes = std::as_bytes(std::span(text));
            return replace_content(index, Bytes(bytes.begin(), bytes.end()));
        }
        for (const auto& [key, form] : operation.items())
            if (key != "section") change(section_header(index), find_field(section_fields, key), form);
    }
    void insert_section(const json& operation)
    {
        const auto& form = operation["add_section"];
        const auto get = [&](const char* name, std::uint64_t standard) {
            return form.contains(name) ? value(form[name], 0) : standard;
        };
        const Bytes content = form.contains("hex") ? hex_bytes(form["hex"]) : Bytes(get("zero", 0));
        const std::pair<std::string_view, std::uint64_t> row[] = {
            {"sh_type", get("sh_type", 1)}, {"sh_flags", get("sh_flags", 2)}, {"sh_addr", get("sh_addr", 0)},
            {"sh_size", get("sh_size", content.size())}, {"sh_link", get("sh_link", 0)}, {"sh_info", get("sh_info", 0)},
            {"sh_addralign", get("align", get("sh_addralign", 1))}, {"sh_entsize", get("entsize", get("sh_entsize", 0))},
        };
        add_section(latin1(form.at("name")), content, row);
    }

    // --- header, symbols, relocations ------------------------------------------------------------------------------

    void change_header(const json& operation)
    {
        for (const auto& [key, form] : operation.items()) {
            if (key == "elf.ident") store(form.at(0).get<std::size_t>(), 1, form.at(1).get<std::uint64_t>());
            else change(0, find_field(header_fields, std::string_view(key).substr(4)), form);
        }
    }
    std::uint64_t symbol_named(const json& name) const
    {
        return name.is_number() ? name.get<std::uint64_t>() : symbol_number(name.get_ref<const std::string&>());
    }
    void change_symbol(const json& operation)
    {
        const auto table = symbol_table();
        const auto start = section_value(table, "sh_offset");
        const auto strings = section_value(table, "sh_link");
        const auto record = start + symbol_named(operation["symbol"]) * symbol_bytes;
        for (const auto& [key, form] : operation.items()) {
            if (key == "rename") store(record, 4, add_string(strings, latin1(form)));
            else if (key != "symbol") change(record, find_field(symbol_fields, key), form);
        }
    }
    void change_relocation(const json& operation)
    {
        const auto index = section_named(operation["rela"]);
        const auto record = section_value(index, "sh_offset") + operation.at("index").get<std::uint64_t>() * relocation_bytes;
        for (const auto& [key, form] : operation.items())
            if (key == "sym" && form.is_string()) store(record + 12, 4, symbol_named(form));
            else if (key != "rela" && key != "index") change(record, find_field(relocation_fields, key), form);
    }

    // --- .modinfo and __versions -----------------------------------------------------------------------------------

    static bool has_key(std::string_view entry, std::string_view key)
    {
        return entry == key || (entry.starts_with(key) && entry.substr(key.size()).starts_with('='));
    }
    std::string modinfo_entry(const json& pair) const
    {
        const auto key = latin1(pair.at(0));
        if (pair.at(1).is_null()) return key;
        const auto text = latin1(pair.at(1));
        return key + "=" + (text.starts_with('$') ? changed_vermagic(text.substr(1)) : text);
    }
    /// The kernel's own vermagic, "RELEASE SMP preempt mod_unload modversions ", changed in one way.
    std::string changed_vermagic(std::string_view how) const
    {
        const auto& own = context_.vermagic;
        const auto blank = own.find(' ');
        const auto without = [&](std::string_view word) {
            auto text = own;
            if (const auto at = text.find(word); at != text.npos) text.erase(at, word.size());
            return text;
        };
        if (how == "good") return own;
        if (how == "strip") return own.substr(0, own.find_last_not_of(' ') + 1);
        if (how == "otherrel") return "9.9.9" + own.substr(blank);
        if (how == "norel") return own.substr(blank);
        if (how == "nosmp") return without("SMP ");
        if (how == "relonly") return own.substr(0, blank);
        if (how == "relonlysp") return own.substr(0, blank + 1);
        if (how == "extra") return own + "x";
        if (how == "nomodver") return without("modversions ");
        fail(fmt::format("there is no vermagic '${}'", how));
    }
    void delete_modinfo(const json& operation)
    {
        auto entries = modinfo();
        std::erase_if(entries, [&](const std::string& entry) { return has_key(entry, latin1(operation["modinfo_del"])); });
        set_modinfo(entries);
    }
    void change_modinfo(const json& operation)
    {
        const auto& pair = operation["modinfo_set"];
        auto entries = modinfo();
        const auto key = latin1(pair.at(0));
        const auto found = std::ranges::find_if(entries, [&](const std::string& entry) { return has_key(entry, key); });
        if (found == entries.end()) entries.push_back(modinfo_entry(pair));
        else *found = modinfo_entry(pair);
        set_modinfo(entries);
    }
    void add_modinfo(const json& operation)
    {
        auto entries = modinfo();
        entries.push_back(modinfo_entry(operation["modinfo_add"]));
        set_modinfo(entries);
    }
    void raw_modinfo(const json& operation) { replace_content(section_index(".modinfo"), hex_bytes(operation["modinfo_raw"])); }

    void set_version(const json& operation)
    {
        const auto& pair = operation["version_set"];
        store(version_of(latin1(pair.at(0))), 8, value(pair.at(1), 0));
    }
    void delete_version(const json& operation)
    {
        const auto index = section_index("__versions");
        auto content = section_content(index);
        const auto first =
            content.begin()
            + static_cast<std::ptrdiff_t>(version_of(latin1(operation["version_del"])) - section_value(index, "sh_offset"));
        content.erase(first, first + version_bytes);
        replace_content(index, content);
    }
    void write_name(std::size_t at, std::size_t room, std::string_view text)
    {
        for (std::size_t i = 0; i < room; ++i) store(at + i, 1, i < text.size() ? static_cast<unsigned char>(text[i]) : 0);
    }
    void rename_version(const json& operation)
    {
        const auto& pair = operation["version_rename"];
        write_name(version_of(latin1(pair.at(0))) + 8, version_bytes - 8, latin1(pair.at(1)));
    }
    void set_module_name(const json& operation)
    {
        constexpr std::size_t name_offset = 24, name_bytes = 56;
        const auto start = section_value(section_index(".gnu.linkonce.this_module"), "sh_offset");
        write_name(start + name_offset, name_bytes, latin1(operation["modname"]));
    }

    // --- the file as bytes -----------------------------------------------------------------------------------------

    void truncate(const json& operation)
    {
        const auto wanted = operation["truncate"].get<std::int64_t>();
        const auto now = static_cast<std::int64_t>(size());
        resize(static_cast<std::size_t>(std::clamp<std::int64_t>(wanted < 0 ? now + wanted : wanted, 0, now)));
    }
    void append_hex(const json& operation) { append(hex_bytes(operation["append_hex"])); }
    void append_zero(const json& operation)
    {
        constexpr std::uint64_t most = 64 << 20;
        const auto count = operation["append_zero"].get<std::uint64_t>();
        if (count > most) fail("more than 64 MB are appended");
        resize(size() + count);
    }
    void append_text(const json& operation) { append(latin1(operation["append_text"])); }
    void patch_file(const json& operation)
    {
        const auto& pair = operation["patch"];
        patch(position(pair.at(0), size()), hex_bytes(pair.at(1)));
    }
    void append_file(const json& operation) { append(context_.base(operation["append_file"])); }

    // --- signatures ------------------------------------------------------------------------------------------------

    /// Where body, trailer and marker begin.
    struct Signature {
        std::size_t body, trailer, marker;
    };
    static Signature signature_of(std::span<const std::byte> image)
    {
        if (image.size() < trailer_bytes + marker.size()) fail("the image has no signature");
        const auto marker_at = image.size() - marker.size();
        if (!std::ranges::equal(image.subspan(marker_at), std::as_bytes(std::span(marker)))) fail("the image has no signature");
        const auto trailer = marker_at - trailer_bytes;
        const auto length = load_unsigned(image.data() + trailer + 8, 4, ByteOrder::big);
        if (length > trailer) fail("the signature is longer than the image");
        return {trailer - length, trailer, marker_at};
    }
    void change_trailer(std::size_t trailer, const json& fields)
    {
        for (const auto& [key, form] : fields.items()) {
            if (key == "body") continue;
            const auto& field = find_field(trailer_fields, key);
            auto* at = bytes().data() + trailer + field.offset;
            store_unsigned(at, field.bytes, ByteOrder::big, value(form, load_unsigned(at, field.bytes, ByteOrder::big)));
        }
    }
    void add_signature(const json& operation)
    {
        const auto body = hex_bytes(operation["sig"].at("body"));
        append(body);
        const auto trailer = size();
        resize(trailer + trailer_bytes);
        constexpr std::byte pkcs7{2};
        bytes()[trailer + 2] = pkcs7;
        store_unsigned(bytes().data() + trailer + 8, 4, ByteOrder::big, body.size());
        change_trailer(trailer, operation["sig"]);
        append(marker);
    }
    void change_signature(const json& operation) { change_trailer(signature_of(bytes()).trailer, operation["sigfield"]); }
    void borrow_signature(const json& operation)
    {
        const auto other = context_.base(operation["sig_from"]);
        append(std::span(other).subspan(signature_of(other).body));
    }
    void strip_signature(const json&) { resize(signature_of(bytes()).body); }
    void patch_signature(const json& operation)
    {
        const auto& pair = operation["sigbody"];
        const auto signature = signature_of(bytes());
        patch(signature.body + position(pair.at(0), signature.trailer - signature.body), hex_bytes(pair.at(1)));
    }

    const MutationContext& context_;
};

std::span<const Mutator::Operation> Mutator::all_operations()
{
    static constexpr Operation operations[] = {
    {"section", &Mutator::change_section},        {"symbol", &Mutator::change_symbol},
    {"rela", &Mutator::change_relocation},        {"modinfo_del", &Mutator::delete_modinfo},
    {"modinfo_set", &Mutator::change_modinfo},    {"modinfo_add", &Mutator::add_modinfo},
    {"modinfo_raw", &Mutator::raw_modinfo},       {"version_set", &Mutator::set_version},
    {"version_del", &Mutator::delete_version},    {"version_rename", &Mutator::rename_version},
    {"modname", &Mutator::set_module_name},       {"truncate", &Mutator::truncate},
    {"append_hex", &Mutator::append_hex},         {"append_zero", &Mutator::append_zero},
    {"append_text", &Mutator::append_text},       {"patch", &Mutator::patch_file},
    {"add_section", &Mutator::insert_section},       {"sig", &Mutator::add_signature},
    {"sigfield", &Mutator::change_signature},     {"append_file", &Mutator::append_file},
    {"sig_from", &Mutator::borrow_signature},     {"sigstrip", &Mutator::strip_signature},
    {"sigbody", &Mutator::patch_signature},
    };
    return operations;
}

} // namespace

std::vector<std::byte> mutated(std::vector<std::byte> image, const json& operations, const MutationContext& context)
try {
    Mutator mutator(std::move(image), context);
    for (const auto& operation : operations) mutator.apply(operation);
    return mutator.take();
} catch (const json::exception& error) {
    throw ScenarioError(fmt::format("an operation is not as it should be: {}", json_sentence(error)));
}

} // namespace retromod
