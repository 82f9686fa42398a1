// SPDX-License-Identifier: GPL-2.0-or-later
// The format of modutils 2.4 kallsyms.h: a header, the loaded sections, the symbols in them by address, then names.
// All numbers are words; offsets count from the blob's start, from its sections, or from its strings.
#include "loader/legacy/kallsyms.h"

#include <algorithm>
#include <tuple>

namespace retromod {
namespace {

constexpr std::string_view section_name = "__kallsyms";
constexpr std::size_t header_words = 11;
constexpr std::size_t section_words = 4;
constexpr std::size_t symbol_words = 3;

/// Names, each ended by NUL, addressed by offset.
class Strings {
public:
    std::uint64_t add(std::string_view text)
    {
        const auto offset = text_.size();
        text_.append(text).push_back('\0');
        return offset;
    }
    std::string_view text() const { return text_; }

private:
    std::string text_;
};

struct Entry {
    std::uint64_t section;
    std::uint64_t address;
    std::uint64_t name_offset;
    std::string_view name;
};

bool is_noise(std::string_view name)
{
    return name == "gcc2_compiled." || name.starts_with("__insmod_");
}

std::string_view unversioned(std::string_view name)
{
    return name.substr(0, name.find("_R"));
}

/// Appends words in the architecture's byte order.
class Words {
public:
    explicit Words(const Arch& arch) : arch_(arch) {}

    void append(std::uint64_t value)
    {
        bytes_.resize(bytes_.size() + arch_.word_bytes);
        store_unsigned(bytes_.data() + bytes_.size() - arch_.word_bytes, arch_.word_bytes, arch_.order, value);
    }
    void append(std::initializer_list<std::uint64_t> values)
    {
        for (const auto value : values) append(value);
    }
    void append_text(std::string_view text)
    {
        const auto from = std::as_bytes(std::span(text));
        bytes_.insert(bytes_.end(), from.begin(), from.end());
    }
    std::vector<std::byte> take() { return std::move(bytes_); }

private:
    const Arch& arch_;
    std::vector<std::byte> bytes_;
};

/// What values of symbols count from.
enum class Values : bool { of_section, absolute };

std::vector<std::byte> build(const Object& object, Values values)
{
    const std::uint64_t word = object.arch().word_bytes;
    Strings strings;
    Words sections(object.arch());
    std::vector<std::optional<std::uint64_t>> offset_of_section(object.sections().size());
    std::uint64_t section_count = 0;
    std::uint64_t start = ~std::uint64_t{0};
    std::uint64_t end = 0;
    for (std::size_t index = 0; index < object.sections().size(); ++index) {
        const auto& section = object.sections()[index];
        if (!section.is_loaded()) continue;
        offset_of_section[index] = section_count++ * section_words * word;
        sections.append({section.address.value, section.size, strings.add(section.name), section.flags});
        start = std::min(start, section.address.value);
        end = std::max(end, section.address.value + section.size);
    }

    std::vector<Entry> entries;
    for (const auto* symbol : object.symbols().in_chain_order()) {
        if (symbol->section >= offset_of_section.size() || !offset_of_section[symbol->section] ||
            is_noise(symbol->name))
            continue;
        const auto address = values == Values::absolute ? symbol->value : object.address_of(*symbol).value;
        entries.push_back({*offset_of_section[symbol->section], address, strings.add(symbol->name), symbol->name});
    }
    std::ranges::stable_sort(entries, {}, [](const Entry& entry) { return std::tuple(entry.address, entry.name); });

    const auto header_bytes = header_words * word;
    const auto symbols_at = header_bytes + section_count * section_words * word;
    const auto strings_at = symbols_at + entries.size() * symbol_words * word;
    Words blob(object.arch());
    blob.append({header_bytes, strings_at + strings.text().size(), section_count, header_bytes, section_words * word,
                 entries.size(), symbols_at, symbol_words * word, strings_at, start, end});
    const auto section_bytes = sections.take();
    blob.append_text({reinterpret_cast<const char*>(section_bytes.data()), section_bytes.size()});
    for (const auto& entry : entries) blob.append({entry.section, entry.address, entry.name_offset});
    blob.append_text(strings.text());
    return blob.take();
}

} // namespace

bool wants_kallsyms(const KernelInfo& kernel, ForceKallsyms force)
{
    std::uint64_t start = 0;
    std::uint64_t stop = 0;
    for (const auto& symbol : kernel.symbols) {
        const auto name = unversioned(symbol.name);
        if (name == "__start___kallsyms") start = symbol.value;
        if (name == "__stop___kallsyms") stop = symbol.value;
    }
    return start < stop || force == ForceKallsyms::yes;
}

void fill_kallsyms(Object& object)
{
    const auto found = object.find_section(section_name);
    const auto section =
        found ? *found : object.create_section(std::string(section_name), object.arch().word_bytes, 0, 0);
    object.set_contents(section, build(object, Values::of_section));
}

std::vector<std::byte> kallsyms_object(const ElfFile& vmlinux, const Object& symbols)
{
    constexpr std::string_view names("\0__kallsyms", 12); // with the NUL at its end
    constexpr std::uint64_t alignment = 4, sections = 3, names_index = 1;
    const auto& header = vmlinux.header();
    const auto blob = build(symbols, Values::absolute);
    const auto names_at = header.bytes() + sections * header.right_section_header_bytes();
    const auto blob_at = (names_at + names.size() + alignment - 1) / alignment * alignment;

    std::vector<std::byte> file(vmlinux.bytes().begin(), vmlinux.bytes().begin() + header.bytes());
    const auto put = [&](std::size_t at, unsigned bytes, std::uint64_t value) {
        store_unsigned(file.data() + at, bytes, header.order, value);
    };
    // The header stays as it is but for e_type, e_entry, e_phoff, e_shoff; e_phentsize, e_phnum; e_shnum, e_shstrndx.
    const unsigned word = header.word_bytes;
    const std::size_t entry_at = 24, after_words = entry_at + std::size_t{3} * word + 4 + 2;
    put(16, 2, elf::et_rel);
    put(entry_at, word, 0);
    put(entry_at + word, word, 0);
    put(entry_at + std::size_t{2} * word, word, header.bytes());
    put(after_words, 2, 0);
    put(after_words + 2, 2, 0);
    put(after_words + 6, 2, sections);
    put(after_words + 8, 2, names_index);

    const auto add_section = [&](std::uint64_t name, std::uint64_t type, std::uint64_t flags, std::uint64_t offset,
                                 std::uint64_t size, std::uint64_t aligned) {
        const std::pair<unsigned, std::uint64_t> fields[] = {{4, name}, {4, type}, {word, flags}, {word, 0}, {word, offset},
                                                             {word, size}, {4, 0}, {4, 0}, {word, aligned}, {word, 0}};
        for (const auto& [bytes, value] : fields) {
            file.resize(file.size() + bytes);
            put(file.size() - bytes, bytes, value);
        }
    };
    add_section(0, elf::sht_null, 0, 0, 0, 0);
    add_section(0, elf::sht_strtab, 0, names_at, names.size(), 0);
    add_section(1, elf::sht_progbits, elf::shf_alloc, blob_at, blob.size(), alignment);
    const auto text = std::as_bytes(std::span(names));
    file.insert(file.end(), text.begin(), text.end());
    file.resize(blob_at);
    file.insert(file.end(), blob.begin(), blob.end());
    return file;
}

} // namespace retromod
