// SPDX-License-Identifier: GPL-2.0-or-later
// Parameters whose values outlive the module. Source: modutils 2.4 insmod.c, rmmod.c.
#include "loader/legacy/persistent_data.h"

#include "loader/elf/modinfo.h"
#include "loader/elf/module_file.h"
#include "loader/legacy/module_header.h"
#include "loader/legacy/parameter_format.h"
#include "loader/legacy/sentences.h"
#include "loader/link/object.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace retromod {
namespace {

constexpr std::size_t longest_line = 2998;   // of the file, bytes
constexpr std::size_t most_parameters = 1000; // in the file
constexpr std::size_t most_value_bytes = 1 << 20; ///< of one parameter

constexpr std::string_view too_old = "has persistent data but the kernel is too old to support it.";

/// One persistent parameter of a loaded module.
struct PersistentParameter {
    std::string name;
    char type = 0;
    unsigned bytes = 0; ///< of one value
    unsigned count = 1;
    GuestAddr address{};
    std::string value{}; ///< as text, once it was read
};

/// What the kernel's symbol `__insmod_MODULE_<kind>...` says behind that.
std::optional<std::string> insmod_note(const ModuleStatus& module, std::string_view kind)
{
    const auto prefix = fmt::format("__insmod_{}_{}", module.name, kind);
    for (const auto& symbol : module.symbols)
        if (symbol.name.starts_with(prefix)) return std::string(symbol.name.substr(prefix.size()));
    return std::nullopt;
}

/// Saves the data of one module.
class Saver {
public:
    Saver(const ModuleStatus& module, const PersistSave& save)
        : module_(module), save_(save), arch_(save.system.arch()), messages_(save.sinks, "rmmod")
    {
    }

    void run()
    {
        say(fmt::format("Checking {} for persistent data", module_.name));
        const auto file = insmod_note(module_, "P");
        if (!file) return;
        say(fmt::format("{} has persistent data", module_.name));
        if (!find_object() || !find_parameters()) return;
        for (auto& parameter : parameters_) read_value(parameter);
        write(*file);
    }

private:
    const ModuleStatus& module_;
    const PersistSave& save_;
    const Arch& arch_;
    Messages messages_;
    std::string object_name_;
    std::vector<PersistentParameter> parameters_;
    bool told_too_old_ = false;

    void say(const std::string& text)
    {
        if (save_.verbose) messages_.print(text);
    }

    bool fail(std::string_view text)
    {
        messages_.error(text);
        return false;
    }

    /// The object's name and time out of `__insmod_NAME_O<file>_M<time>_V<version>`, both to be as they were.
    bool find_object()
    {
        auto note = insmod_note(module_, "O");
        if (!note) return fail(fmt::format("Cannot find obj_name for {}", module_.name));
        const auto version = note->rfind("_V");
        if (version == note->npos) return fail(fmt::format("Cannot find _V in obj_name for {}", module_.name));
        const auto time = note->rfind("_M", version);
        if (time == note->npos) return fail(fmt::format("Cannot find _M in obj_name for {}", module_.name));
        char* end = nullptr;
        const auto digits = note->substr(time + 2, version - time - 2);
        modified_ = std::strtoull(digits.c_str(), &end, 16);
        if (digits.empty() || *end) return fail(fmt::format("Invalid _M timestamp in obj_name for {}", module_.name));
        object_name_ = note->substr(0, time);
        return true;
    }
    std::uint64_t modified_ = 0;

    bool find_parameters()
    {
        const auto file = read_module_file(save_.host_path(object_name_));
        if (!file) return fail(fmt::format("Object {} for module {} not found", object_name_, module_.name));
        messages_.set_prefix(object_name_);
        if (arch_.word(static_cast<std::uint64_t>(file->modified)) != modified_)
            return fail(fmt::format("Object for module {} has changed since load", module_.name));
        const auto elf = ElfFile::open(file->bytes);
        std::vector<Problem> complaints;
        auto object = elf ? Object::load(*elf, arch_, complaints) : elf.problem();
        if (!object) {
            fail(modutils_sentence(object.problem(), object_name_));
            return fail(fmt::format("Failed to load object for {}", module_.name));
        }
        if (!elf->find_section(".modinfo")) return fail(fmt::format("Cannot find .modinfo for {}", module_.name));
        object->allocate_commons();
        const Modinfo modinfo(*elf);
        for (const auto& entry : modinfo.entries())
            if (entry.key.starts_with("parm_") && !entry.key.starts_with("parm_desc_") && entry.has_value &&
                !take(entry.key.substr(5), entry.value, *object))
                return false;
        if (!parameters_.empty()) return true;
        return fail(fmt::format("Module {} should have persistent data but could not find any", module_.name));
    }

    bool take(std::string_view name, std::string_view declaration, const Object& object)
    {
        say(fmt::format("  MODULE_PARM({}, \"{}\");", name, declaration));
        const auto* symbol = object.symbols().find(name);
        if (!symbol) return fail(fmt::format("Symbol for parameter {} not found in {}", name, object_name_));
        const auto format = parse_parameter_format(declaration);
        PersistentParameter parameter{.name = std::string(name), .type = format.letter(),
                                      .count = static_cast<unsigned>(std::max(format.max, 1))};
        Cursor rest{format.type};
        switch (parameter.type) {
        case 'b': parameter.bytes = 1; break;
        case 'h': parameter.bytes = 2; break;
        case 'i': parameter.bytes = 4; break;
        case 'l': parameter.bytes = arch_.word_bytes; break;
        case 's': break;
        case 'c':
            if (!is_digit(rest.peek_next())) return fail(fmt::format("Parameter {} has no size after type 'c'", name));
            break;
        default: return fail(fmt::format("Parameter {} has unknown format character '{}'", name, parameter.type));
        }
        rest.next();
        if (parameter.type == 'c') {
            parameter.bytes = static_cast<unsigned>(take_unsigned(rest, 10, arch_.word_bytes));
            if (parameter.bytes == 0) return fail(fmt::format("Parameter {} has zero size after type 'c'", name));
        }
        if (rest.at_end()) return true; // not persistent
        if (rest.peek() != 'p') return fail(fmt::format("Parameter {} has unknown format modifier '{}'", name, rest.peek()));
        if (parameter.type == 's') return fail(fmt::format("Parameter {} is invalid persistent string", name));
        const auto start = start_of(object, symbol->section);
        if (!start) return fail(fmt::format("No start address for persistent symbol {} in {}", name, module_.name));
        parameter.address = *start + symbol->value;
        say(fmt::format("Persistent symbol {} in {} at 0x{:x}", name, module_.name, parameter.address.value));
        parameters_.push_back(std::move(parameter));
        return true;
    }

    /// Where a section was loaded: the value of `__insmod_NAME_S<section>_L<bytes>`.
    std::optional<GuestAddr> start_of(const Object& object, std::uint32_t section) const
    {
        if (section >= object.sections().size()) return std::nullopt;
        const auto note =
            fmt::format("__insmod_{}_S{}_L{}", module_.name, object.section(section).name, object.section(section).size);
        for (const auto& symbol : module_.symbols)
            if (symbol.name == note) return GuestAddr{symbol.value};
        return std::nullopt;
    }

    void read_value(PersistentParameter& parameter)
    {
        const auto bytes = std::uint64_t{parameter.bytes} * parameter.count;
        if (bytes > most_value_bytes) return;
        if (!kernel_reads_modules(save_.calls, module_.name, parameter.address, bytes, arch_)
            && !std::exchange(told_too_old_, true))
            messages_.error(too_old);
        const auto memory = save_.read_memory(parameter.address, bytes);
        if (!memory) return;
        for (unsigned index = 0; index < parameter.count; ++index) {
            const std::span<const std::byte> one(memory->data() + std::size_t{index} * parameter.bytes, parameter.bytes);
            if (index != 0) parameter.value += ',';
            parameter.value += parameter.type == 'c' ? quoted(one) : number(one);
        }
    }

    std::string number(std::span<const std::byte> one) const
    {
        const auto bits = static_cast<unsigned>(one.size()) * 8;
        auto value = load_unsigned(one.data(), static_cast<unsigned>(one.size()), arch_.order);
        if (bits < 64 && (value >> (bits - 1)) != 0) value |= ~std::uint64_t{0} << bits;
        return fmt::format("{}", static_cast<std::int64_t>(value));
    }

    static std::string quoted(std::span<const std::byte> one)
    {
        std::string text = "\"";
        for (const auto byte : one) {
            const auto letter = static_cast<char>(byte);
            if (letter == '\0') break;
            if (letter == '\n') {
                text += "\\n";
                continue;
            }
            if (letter == '"' || letter == '\\') text += '\\';
            text += letter;
        }
        return text + '"';
    }

    PersistentParameter* find(std::string_view name)
    {
        const auto found = std::ranges::find(parameters_, name, &PersistentParameter::name);
        return found == parameters_.end() ? nullptr : &*found;
    }

    /// The new text of the file: what is generated, the old lines with new values, then what was not in it.
    std::optional<std::string> text_after(const std::string& old, const std::string& file)
    {
        const auto now = static_cast<std::time_t>(save_.now);
        std::tm time{};
        ::gmtime_r(&now, &time);
        auto text = fmt::format("#% Kernel Linux localhost {} {} {}\n#% Data saved {:%a %b %e %H:%M:%S %Y} GMT\n",
                                save_.system.release(), save_.system.version(), arch_.name, time);
        std::vector<std::string> written;
        std::istringstream lines(old);
        for (std::string line; std::getline(lines, line);) {
            const auto begin = std::min(line.find_first_not_of(" \t"), line.size());
            if (line.compare(begin, 2, "#%") == 0) continue;
            if (begin == line.size() || line[begin] == '#') {
                text += line + "\n";
                continue;
            }
            const auto equals = line.find('=', begin);
            const auto name = line.substr(begin, equals == line.npos ? line.npos : equals - begin);
            if (equals == line.npos) {
                fail(fmt::format("No value for {} in {}", name, file));
                return std::nullopt;
            }
            const auto* parameter = find(name);
            if (!parameter) text += fmt::format("#% Warning: parameter {} is not supported in this kernel\n{}\n", name, line);
            else text += fmt::format("{}={}\n", name, parameter->value);
            written.push_back(name);
        }
        for (const auto& parameter : parameters_)
            if (std::ranges::find(written, parameter.name) == written.end())
                text += fmt::format("{}={}\n", parameter.name, parameter.value);
        return text;
    }

    void write(const std::string& file)
    {
        namespace fs = std::filesystem;
        const fs::path path(save_.persist_path(file));
        std::error_code error;
        fs::create_directories(path.parent_path(), error);
        if (error) {
            fail(fmt::format("Cannot mkdir {} for persistent data: {}", path.parent_path().string(), error.message()));
            return;
        }
        std::ifstream old(path, std::ios::binary);
        const std::string before(std::istreambuf_iterator<char>(old), {});
        const auto text = text_after(before, file);
        if (!text) return;
        const auto fresh = fmt::format("{}.{}", path.string(), ::getpid());
        std::ofstream into(fresh, std::ios::binary);
        into << *text;
        into.close();
        if (into) fs::rename(fresh, path, error);
        if (!into || error) {
            fail(fmt::format("Cannot create {}: {}", fresh, std::strerror(errno)));
            fs::remove(fresh, error);
        }
    }
};

} // namespace

std::optional<std::vector<std::string>> read_persistent_file(const std::string& host_path, Messages& messages)
{
    std::ifstream file(host_path, std::ios::binary);
    if (!file) return std::nullopt;
    std::vector<std::string> words;
    for (std::string line; std::getline(file, line);) {
        if (line.size() > longest_line || (file.eof() && !line.empty())) {
            messages.error(fmt::format("Persistent data line is too long\n{}", line.substr(0, longest_line)));
            break;
        }
        const auto begin = line.find_first_not_of(" \t");
        if (begin == line.npos || line[begin] == '#') continue;
        if (words.size() == most_parameters) {
            messages.error(fmt::format("More than {} persistent parameters", most_parameters));
            break;
        }
        words.push_back(line.substr(begin));
    }
    return words;
}

bool kernel_reads_modules(ModuleCalls& calls, std::string_view module, GuestAddr from, std::uint64_t bytes, const Arch& arch)
{
    std::vector<std::byte> image(module_header_bytes(arch) + bytes);
    const auto set = [&](HeaderMember member, std::uint64_t value) { set_member(image, arch, member, value); };
    set(HeaderMember::size_of_struct, arch.word(0 - module_header_bytes(arch)));
    set(HeaderMember::persist_start, from.value);
    set(HeaderMember::persist_end, from.value + bytes);
    return !calls.init_module(module, image).failed(arch);
}

bool any_has_persistent_data(const KernelInfo& info)
{
    return std::ranges::any_of(info.modules, [](const ModuleStatus& module) { return insmod_note(module, "P").has_value(); });
}

void save_persistent_data(const std::string& module, const KernelInfo& info, const PersistSave& save)
{
    const auto found = std::ranges::find(info.modules, module, &ModuleStatus::name);
    if (found != info.modules.end()) Saver(*found, save).run();
}

} // namespace retromod
