// SPDX-License-Identifier: GPL-2.0-or-later
// The device tables of a module, as depmod of modutils writes them into its map files. Source: modutils 2.4 depmod.c.
#include "loader/modules/device_tables.h"

#include "loader/link/relocate.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr GuestAddr pseudo_base{0x1000}; // where depmod pretends to load
constexpr std::size_t most_rows = 65536;   ///< of one table: a larger one has no end

constexpr std::string_view has_kernel_changed =
    "\n\tIt is likely that the kernel structure has changed, if so then"
    "\n\tyou probably need a new version of modutils to handle this kernel."
    "\n\tCheck linux/Documentation/Changes.";

/// A field of an entry, and what stands behind it in the map's line. 0 bytes: a long of the module's machine.
struct Field {
    unsigned offset;
    unsigned bytes;
    std::string_view after;
};

enum class RowForm : std::uint8_t { fields, card, text_pointer, text };

/// A kind of table: symbols `__module_NAME_size`, `__module_NAME_table`, `__module_NAME_ver`.
struct TableKind {
    std::string_view name;
    GeneratedFile map;
    RowForm form;
    unsigned bytes_before_long; ///< of an entry; a long follows, but in a card's, where the long comes first
    bool size_optional;         ///< kernels before 2.4.0-test10 do not tell it
    bool versioned;
    std::vector<Field> fields;
    std::vector<Field> end_when_zero; ///< an entry in which all of these are 0 ends the table
};

const std::vector<TableKind>& table_kinds()
{
    static const std::vector<TableKind> kinds = {
        {"pci_device", GeneratedFile::pcimap, RowForm::fields, 24, true, true,
         {{0, 4, " "}, {4, 4, " "}, {8, 4, " "}, {12, 4, " "}, {16, 4, " "}, {20, 4, " "}, {24, 0, ""}}, {{0, 4, ""}}},
        {"isapnp_device", GeneratedFile::isapnpmap, RowForm::fields, 8, false, true,
         {{0, 2, "     "}, {2, 2, "     "}, {8, 0, "  "}, {4, 2, "     "}, {6, 2, ""}}, {{0, 2, ""}}},
        {"isapnp_card", GeneratedFile::isapnpmap, RowForm::card, 36, false, false, {}, {}},
        {"usb_device", GeneratedFile::usbmap, RowForm::fields, 16, false, true,
         {{0, 2, "      "}, {2, 2, "   "}, {4, 2, "    "}, {6, 2, "       "}, {8, 2, "       "}, {10, 1, "         "},
          {11, 1, "            "}, {12, 1, "            "}, {13, 1, "            "}, {14, 1, "               "},
          {15, 1, "               "}, {16, 0, ""}},
         {{2, 2, ""}, {10, 1, ""}, {13, 1, ""}, {16, 0, ""}}},
        {"parport_device", GeneratedFile::parportmap, RowForm::text_pointer, 0, false, true, {}, {{0, 0, ""}}},
        {"ieee1394_device", GeneratedFile::ieee1394map, RowForm::fields, 20, false, true, {}, {{0, 4, ""}}},
        {"pnpbios_device", GeneratedFile::pnpbiosmap, RowForm::text, 8, false, true, {}, {{0, 1, ""}}},
    };
    return kinds;
}

/// The module's memory as it would be at the pseudo base.
class PseudoImage {
public:
    PseudoImage(const Arch& arch, std::vector<std::byte> bytes) : arch_(arch), bytes_(std::move(bytes)) {}

    unsigned word() const { return arch_.word_bytes; }
    bool holds(std::uint64_t address, std::uint64_t length) const
    {
        return address >= pseudo_base.value && length <= bytes_.size() &&
               address - pseudo_base.value <= bytes_.size() - length;
    }
    std::uint64_t number(std::uint64_t address, unsigned bytes) const
    {
        const auto width = bytes == 0 ? word() : bytes;
        return holds(address, width) ? load_unsigned(bytes_.data() + (address - pseudo_base.value), width, arch_.order) : 0;
    }
    std::string text(std::uint64_t address, std::size_t longest) const
    {
        std::string text;
        while (text.size() < longest && holds(address, 1) && number(address, 1) != 0)
            text += static_cast<char>(number(address++, 1));
        return text;
    }

private:
    const Arch& arch_;
    std::vector<std::byte> bytes_;
};

/// Reads the tables of one module.
class TableReader {
public:
    TableReader(const Object& object, const PseudoImage& image, std::string_view file, TableVersions& versions,
                const Speech& speech)
        : object_(object), image_(image), file_(file), versions_(versions), speech_(speech)
    {
    }

    std::vector<std::string> rows(const TableKind& kind)
    {
        const auto word = image_.word();
        const auto table_place = address_of(kind, "table");
        const auto bytes = entry_bytes(kind);
        auto told = std::uint64_t{bytes};
        if (const auto place = address_of(kind, "size"); place != 0 || !kind.size_optional) {
            if (!image_.holds(place, word)) return {};
            told = image_.number(place, 0);
        }
        if (!image_.holds(table_place, word)) return {};
        if (kind.versioned) check_version(kind);
        if (told != bytes) {
            speech_.error(fmt::format("Unexpected value ({}) in '{}' for {}_size{}", told, file_, kind.name, has_kernel_changed));
            return {};
        }
        std::vector<std::string> rows;
        for (auto at = image_.number(table_place, 0); image_.holds(at, bytes) && rows.size() < most_rows; at += bytes) {
            if (is_end(kind, at)) break;
            rows.push_back(row(kind, at));
        }
        return rows;
    }

private:
    const Object& object_;
    const PseudoImage& image_;
    std::string_view file_;
    TableVersions& versions_;
    const Speech& speech_;

    std::uint64_t address_of(const TableKind& kind, std::string_view what) const
    {
        const auto* symbol = object_.symbols().find(fmt::format("__module_{}_{}", kind.name, what));
        return symbol && !symbol->is_undefined() ? object_.address_of(*symbol).value : 0;
    }

    /// Longs lie at multiples of their size, but on m68k; no entry has its long elsewhere.
    unsigned entry_bytes(const TableKind& kind) const
    {
        const auto word = image_.word();
        return (kind.bytes_before_long + word - 1) / word * word + word;
    }

    unsigned offset_of(const TableKind& kind, const Field& field) const
    {
        return field.bytes == 0 ? entry_bytes(kind) - image_.word() : field.offset;
    }

    void check_version(const TableKind& kind)
    {
        const auto place = address_of(kind, "ver");
        if (place != 0 && !image_.holds(place, image_.word())) return;
        const auto version = place == 0 ? 1 : image_.number(place, 0);
        auto& known = versions_[std::string(kind.name)];
        if (known != 0 && known != version)
            return speech_.error(
                fmt::format("Modules have a mixture of version {} and version {} {} tables", known, version, kind.name));
        if (version != 1)
            return speech_.error(
                fmt::format("Module {} has an unknown version ({}) {} table{}", file_, version, kind.name, has_kernel_changed));
        known = version;
    }

    bool is_end(const TableKind& kind, std::uint64_t at) const
    {
        if (kind.form == RowForm::card) return image_.number(at + image_.word(), 2) == 0;
        return std::ranges::all_of(kind.end_when_zero, [&](const Field& field) {
            return image_.number(at + offset_of(kind, field), field.bytes) == 0;
        });
    }

    std::string hex(std::uint64_t at, unsigned bytes) const
    {
        return fmt::format("0x{:0{}x}", image_.number(at, bytes), 2 * (bytes == 0 ? image_.word() : bytes));
    }

    std::string row(const TableKind& kind, std::uint64_t at) const
    {
        switch (kind.form) {
        case RowForm::card: return card(at);
        case RowForm::text: return image_.text(at, kind.bytes_before_long);
        case RowForm::text_pointer: return pattern(at);
        case RowForm::fields: break;
        }
        if (kind.fields.empty()) return ieee1394(at);
        std::string text;
        for (const auto& field : kind.fields) text += hex(at + offset_of(kind, field), field.bytes) + std::string(field.after);
        return text;
    }

    std::string ieee1394(std::uint64_t at) const
    {
        const auto field = [&](unsigned index) { return image_.number(at + 4 * index, 4); };
        return fmt::format("0x{:08x}  0x{:06x}  0x{:06x} 0x{:06x}     0x{:06x}", field(0), field(1), field(2), field(3), field(4));
    }

    std::string pattern(std::uint64_t at) const
    {
        const auto address = image_.number(at, 0);
        constexpr std::size_t longest = 4096;
        return image_.holds(address, 1) ? image_.text(address, longest) : "Start address of out range";
    }

    std::string card(std::uint64_t at) const
    {
        constexpr unsigned devices = 8;
        const auto word = image_.word();
        auto text = fmt::format("{}     {}     {} ", hex(at + word, 2), hex(at + word + 2, 2), hex(at, 0));
        for (unsigned index = 0; index < devices; ++index) {
            const auto device = at + word + 4 + 4 * index;
            if (image_.number(device, 2) == 0) continue;
            text += fmt::format(" {}     {}    ", hex(device, 2), hex(device + 2, 2));
        }
        return text;
    }
};

std::vector<std::string> generic_strings(const Object& object, const Speech& speech)
{
    const auto section = object.find_section(".modstring");
    if (!section) return {};
    std::vector<std::string> strings;
    const auto contents = object.section(*section).contents();
    std::string_view rest(reinterpret_cast<const char*>(contents.data()), contents.size());
    while (!rest.empty()) {
        const auto end = rest.find('\0');
        if (end == rest.npos) {
            speech.error(fmt::format("unterminated generic string '{}'", rest));
            break;
        }
        if (end != 0) strings.emplace_back(rest.substr(0, end));
        rest.remove_prefix(end + 1);
    }
    return strings;
}

bool has_tables(const Object& object)
{
    return std::ranges::any_of(table_kinds(), [&](const TableKind& kind) {
        return object.symbols().find(fmt::format("__module_{}_table", kind.name)) != nullptr;
    });
}

} // namespace

MapRows read_device_tables(Object& object, std::string_view file, TableVersions& versions, const Speech& speech)
{
    MapRows rows;
    rows[static_cast<std::size_t>(GeneratedFile::generic_string)] = generic_strings(object, speech);
    if (!has_tables(object)) return rows;
    for (const auto& symbol : object.symbols().all()) {
        if (!symbol.is_undefined() || symbol.name.empty()) continue;
        auto* undefined = object.symbols().find(symbol.name);
        if (undefined && undefined->is_undefined()) undefined->section = elf::shn_abs;
    }
    create_got(object);
    object.allocate_commons();
    const auto size = object.lay_out();
    if (size > largest_section_bytes || !relocate(object, pseudo_base).empty()) {
        speech.error("depmod obj_relocate failed\n");
        return rows;
    }
    auto image = build_image(object, pseudo_base, size);
    if (!image) return rows;
    const PseudoImage memory(object.arch(), std::move(*image));
    TableReader reader(object, memory, file, versions, speech);
    for (const auto& kind : table_kinds())
        for (auto& row : reader.rows(kind)) rows[static_cast<std::size_t>(kind.map)].push_back(std::move(row));
    return rows;
}

std::string_view map_header(GeneratedFile which)
{
    constexpr std::string_view headers[] = {
        "# module             id=string",
        "# pci module         vendor     device     subvendor  subdevice  class      class_mask driver_data",
        "# isapnp module      cardvendor carddevice driver_data vendor     function   ...",
        "# usb module         match_flags idVendor idProduct bcdDevice_lo bcdDevice_hi bDeviceClass bDeviceSubClass "
        "bDeviceProtocol bInterfaceClass bInterfaceSubClass bInterfaceProtocol driver_info",
        "# module             pattern",
        "# ieee1394 module    match_flags vendor_id model_id specifier_id version",
        "# module             id",
        "",
    };
    return headers[static_cast<std::size_t>(which)];
}

} // namespace retromod
