// SPDX-License-Identifier: GPL-2.0-or-later
// boot --devices FILE: a line of words for each device or property.
#include "loader/tools/device_file.h"

#include "emu/machine/host_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace retromod {
namespace {

/// What is wrong with a line, to be told with its place.
struct WrongLine {
    std::string what;
};

/// The words of a line, taken one after the other.
class Words {
public:
    explicit Words(const std::string& line)
    {
        std::istringstream stream(line.substr(0, line.find('#')));
        for (std::string word; stream >> word;) words_.push_back(word);
    }
    bool empty() const { return next_ == words_.size(); }
    std::string take(std::string_view what)
    {
        if (empty()) throw WrongLine{fmt::format("{} is missing", what)};
        return words_[next_++];
    }
    bool take_if(std::string_view word)
    {
        const bool found = !empty() && words_[next_] == word;
        if (found) ++next_;
        return found;
    }

private:
    std::vector<std::string> words_;
    std::size_t next_ = 0;
};

/// A number of at most `most`; `base` 0: hexadecimal behind 0x, else decimal.
std::uint32_t number(std::string_view text, std::string_view what, std::uint64_t most, int base = 0)
{
    auto digits = text;
    if (base == 0) {
        base = digits.starts_with("0x") ? 16 : 10;
        if (base == 16) digits.remove_prefix(2);
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (error != std::errc{} || end != digits.data() + digits.size() || digits.empty())
        throw WrongLine{fmt::format("'{}' is no {}", text, what)};
    if (value > most) throw WrongLine{fmt::format("{} {} is above {:#x}", what, text, most)};
    return static_cast<std::uint32_t>(value);
}

/// "A:B" or "A-B": both halves.
std::pair<std::string, std::string> halves(const std::string& text, char separator, std::string_view what)
{
    const auto at = text.find(separator);
    if (at == std::string::npos) throw WrongLine{fmt::format("'{}' is no {}", text, what)};
    return {text.substr(0, at), text.substr(at + 1)};
}

std::vector<std::uint8_t> take_bytes(Words& words, std::size_t most)
{
    std::vector<std::uint8_t> bytes;
    do bytes.push_back(static_cast<std::uint8_t>(number(words.take("a byte"), "byte", 0xff, 16)));
    while (!words.empty());
    if (bytes.size() > most) throw WrongLine{fmt::format("{} bytes are given, of {}", bytes.size(), most)};
    return bytes;
}

/// "00:03.0": the function's number on the bus.
std::uint32_t function_number(const std::string& text)
{
    constexpr std::string_view what = "PCI function BUS:DEVICE.FUNCTION";
    const auto [bus, rest] = halves(text, ':', what);
    const auto [device, function] = halves(rest, '.', what);
    if (number(bus, "bus", 0xff, 16) != 0) throw WrongLine{fmt::format("bus {} is not there: the machine has bus 00", bus)};
    return number(device, "device", 31, 16) << 3 | number(function, "function", 7, 16);
}

struct Reader {
    DescribedDevices devices;

    static void put(DescribedFunction& function, unsigned at, unsigned bytes, std::uint32_t value)
    {
        store_unsigned(reinterpret_cast<std::byte*>(function.config.data() + at), bytes, ByteOrder::little, value);
    }

    static void put_ids(DescribedFunction& function, unsigned at, const std::string& text)
    {
        const auto [vendor, device] = halves(text, ':', "pair VENDOR:DEVICE");
        put(function, at, 2, number(vendor, "vendor", 0xffff, 16));
        put(function, at + 2, 2, number(device, "device", 0xffff, 16));
    }

    DescribedFunction& function(const std::string& text)
    {
        const auto wanted = function_number(text);
        const auto found = std::ranges::find(devices.functions, wanted, &DescribedFunction::devfn);
        if (found == devices.functions.end()) throw WrongLine{fmt::format("no line 'pci {} ...' before", text)};
        return *found;
    }

    // pci 00:03.0 10ec:8139 020000 [irq 11] [revision 10] [subsystem 10ec:8139]
    void pci(Words& words)
    {
        constexpr std::uint32_t board_functions[] = {0x00, 0x08, 0x09};
        constexpr unsigned command = 4, revision = 8, subsystem = 0x2c, interrupt_line = 0x3c;
        const auto place = words.take("the function");
        DescribedFunction fresh;
        fresh.devfn = function_number(place);
        const bool taken = std::ranges::find(devices.functions, fresh.devfn, &DescribedFunction::devfn) != devices.functions.end();
        if (taken || std::ranges::find(board_functions, fresh.devfn) != std::end(board_functions))
            throw WrongLine{fmt::format("there is a function {} already", place)};
        put_ids(fresh, 0, words.take("VENDOR:DEVICE"));
        put(fresh, command, 2, 3); // decodes ports and memory
        put(fresh, revision, 4, number(words.take("the class"), "class", 0xffffff, 16) << 8);
        while (!words.empty()) {
            const auto property = words.take("a property");
            if (property == "irq") {
                fresh.irq = number(words.take("the line"), "interrupt line", 15);
                put(fresh, interrupt_line, 2, fresh.irq | 0x100); // INTA
            } else if (property == "revision") {
                fresh.config[revision] = static_cast<std::uint8_t>(number(words.take("the revision"), "revision", 0xff, 16));
            } else if (property == "subsystem") {
                put_ids(fresh, subsystem, words.take("VENDOR:DEVICE"));
            } else {
                throw WrongLine{fmt::format("'{}' is no property of a PCI function (irq, revision, subsystem)", property)};
            }
        }
        devices.functions.push_back(fresh);
    }

    // bar 00:03.0 0 ports 0xe000 256
    void bar(Words& words)
    {
        constexpr unsigned first_register = 0x10;
        auto& owner = function(words.take("the function"));
        const auto which = number(words.take("its number"), "number of a base address", owner.bars.size() - 1);
        const auto space = words.take("'ports' or 'memory'");
        const bool ports = space == "ports";
        if (!ports && space != "memory") throw WrongLine{fmt::format("'{}' is neither 'ports' nor 'memory'", space)};
        const std::uint64_t top = ports ? 0xffff : 0xffffffff;
        const auto first = number(words.take("the address"), "address", top);
        const auto bytes = number(words.take("the size"), "size", top);
        const std::uint32_t least = ports ? 4 : 16;
        if (bytes < least || (bytes & (bytes - 1)) || first % bytes)
            throw WrongLine{
                fmt::format("{:#x} bytes at {:#x}: a power of two from {} on, at a multiple of it", bytes, first, least)};
        owner.bars[which] = {ports ? IoSpace::ports : IoSpace::memory, first, bytes};
        put(owner, first_register + 4 * which, 4, first | (ports ? 1 : 0));
    }

    // config 00:03.0 0x40 01 02 03
    void config(Words& words)
    {
        auto& owner = function(words.take("the function"));
        const auto at = number(words.take("the offset"), "offset", config_bytes - 1);
        std::ranges::copy(take_bytes(words, config_bytes - at), owner.config.begin() + at);
    }

    // ports 0x300-0x30f [keeps] 5a 01
    void range(Words& words, IoSpace space)
    {
        const std::uint64_t top = space == IoSpace::ports ? 0xffff : 0xffffffff;
        const auto [low, high] = halves(words.take("FIRST-LAST"), '-', "range FIRST-LAST");
        DescribedRange fresh;
        fresh.space = space;
        fresh.first = number(low, "address", top);
        fresh.last = number(high, "address", top);
        if (fresh.last < fresh.first) throw WrongLine{fmt::format("the range {}-{} ends before it begins", low, high)};
        for (const auto& other : devices.ranges)
            if (other.space == space && other.first <= fresh.last && fresh.first <= other.last)
                throw WrongLine{fmt::format("{}-{} is part of another range", low, high)};
        const std::uint64_t length = std::uint64_t{fresh.last} - fresh.first + 1;
        fresh.keeps = words.take_if("keeps");
        if (fresh.keeps && (space == IoSpace::memory || length > DescribedRange::most_contents))
            throw WrongLine{fmt::format("only up to {} ports can keep what is written there", DescribedRange::most_contents)};
        const auto bytes = take_bytes(words, std::min<std::uint64_t>(length, DescribedRange::most_contents));
        fresh.contents = static_cast<std::uint32_t>(fresh.keeps ? length : bytes.size());
        for (std::uint32_t i = 0; i < fresh.contents; ++i) fresh.bytes[i] = bytes[i % bytes.size()];
        devices.ranges.push_back(fresh);
    }

    void line(Words words)
    {
        if (words.empty()) return;
        const auto kind = words.take("");
        if (kind == "pci") pci(words);
        else if (kind == "bar") bar(words);
        else if (kind == "config") config(words);
        else if (kind == "ports") range(words, IoSpace::ports);
        else if (kind == "memory") range(words, IoSpace::memory);
        else throw WrongLine{fmt::format("'{}' is none of pci, bar, config, ports, memory", kind)};
        if (!words.empty()) throw WrongLine{fmt::format("'{}' is more than belongs there", words.take(""))};
        if (devices.functions.size() > DescribedFunction::table_capacity || devices.ranges.size() > DescribedRange::table_capacity)
            throw WrongLine{fmt::format("more than {} PCI functions or {} ranges", DescribedFunction::table_capacity,
                                        DescribedRange::table_capacity)};
    }
};

} // namespace

DescribedDevices read_device_file(const std::string& path)
{
    std::istringstream file(read_host_text(path));
    Reader reader;
    std::string line;
    for (unsigned number = 1; std::getline(file, line); ++number) {
        try {
            reader.line(Words(line));
        } catch (const WrongLine& wrong) {
            throw std::runtime_error(fmt::format("{}:{}: {}", path, number, wrong.what));
        }
    }
    return std::move(reader.devices);
}

} // namespace retromod
