// SPDX-License-Identifier: GPL-2.0-or-later
// What the kernels' own vsprintf, sscanf, simple_strto*, get_option(s) and memparse answer: text_vectors.json, a case an entry.
// Characters are Latin-1; an argument is a number, a text, or null for a buffer of 64 bytes 0xaa.
#include "emu/kernel/outcome.h"
#include "emu/kernel/symbols.h"
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>

using namespace retromod;
using nlohmann::json;

namespace {

std::string latin1(const std::string& utf8)
{
    std::string bytes;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        auto c = static_cast<unsigned char>(utf8[i]);
        if (c >= 0x80) c = static_cast<unsigned char>((c << 6) | (static_cast<unsigned char>(utf8[++i]) & 0x3f));
        bytes += static_cast<char>(c);
    }
    return bytes;
}

json as_json(const std::string& bytes)
{
    std::string utf8;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) utf8 += c;
        else (utf8 += static_cast<char>(0xc0 | byte >> 6)) += static_cast<char>(0x80 | (byte & 0x3f));
    }
    return utf8;
}

/// One case on one release. Memory is kept from case to case.
class TextCase {
public:
    TextCase(Guest& guest, const json& content) : guest_(guest), memory_(guest.memory()), content_(content) {}

    json run()
    {
        const auto name = content_.at("call").get<std::string>();
        if (name == "vsprintf") return print(name, {out_.value, format(), arguments()});
        if (name == "vsnprintf") return print(name, {out_.value, content_["size"], format(), arguments()});
        if (name == "vsscanf") return scan();
        if (name == "get_option") return option();
        if (name == "get_options") return options();
        return number(name, name == "memparse" ? 0 : content_["base"].get<std::uint32_t>());
    }

private:
    std::uint64_t format() { return guest_.text(latin1(content_["format"])); }
    std::uint64_t text() { return guest_.text(latin1(content_["text"])); }

    GuestAddr filled(std::uint64_t bytes, unsigned value)
    {
        const auto at = guest_.buffer(bytes);
        memory_.fill(at, bytes, static_cast<std::byte>(value));
        return at;
    }

    /// A va_list of i386: the words, one behind the other.
    std::uint64_t arguments()
    {
        const auto list = filled(64, 0);
        auto at = list;
        for (const auto& argument : content_["arguments"]) {
            std::uint64_t word = 0;
            if (argument.is_number()) word = argument;
            else if (argument.is_string()) word = guest_.text(latin1(argument));
            else word = buffers_.emplace_back(filled(64, 0xaa)).value;
            memory_.store_word(at, word);
            at += 4;
        }
        return list.value;
    }

    std::string hex(GuestAddr at, std::size_t bytes)
    {
        std::string digits;
        for (std::size_t i = 0; i < bytes; ++i) {
            const auto byte = memory_.load<std::uint8_t>(at + i);
            digits += "0123456789abcdef"[byte >> 4];
            digits += "0123456789abcdef"[byte & 15];
        }
        return digits;
    }

    json print(const std::string& name, std::initializer_list<std::uint64_t> words)
    {
        auto result = json::array({guest_.call(name, words)});
        const bool stored = name == "vsprintf" || content_["size"] != 0;
        if (stored && memory_.load<std::uint8_t>(out_) != untouched) result.push_back(as_json(guest_.load_text(out_)));
        else result.push_back(nullptr);
        for (const auto buffer : buffers_) result.push_back(hex(buffer, 4));
        return result;
    }

    json scan()
    {
        auto result = json::array({guest_.call("vsscanf", {text(), format(), arguments()})});
        for (const auto buffer : buffers_) {
            auto digits = hex(buffer, 40);
            while (digits.ends_with("aa")) digits.resize(digits.size() - 2);
            result.push_back(digits);
        }
        while (result.size() > 1 && result.back() == "") result.erase(result.size() - 1);
        return result;
    }

    json option()
    {
        const auto start = text();
        const auto cell = guest_.buffer(8);
        memory_.store_word(cell, start);
        memory_.store<std::int32_t>(cell + 4, 77);
        const auto kind = guest_.call("get_option", {cell.value, cell.value + 4});
        return {kind, memory_.load<std::int32_t>(cell + 4), memory_.load_word(cell) - start};
    }

    json options()
    {
        constexpr std::uint32_t unset = 0x55555555;
        const auto start = text();
        const auto ints = filled(64, 0x55);
        const bool old = guest_.kernel().machine().release().series_minor == 2;
        const auto end = old ? guest_.call("get_options", {start, ints.value})
                             : guest_.call("get_options", {start, content_["limit"], ints.value});
        auto result = json::array({end ? static_cast<std::int32_t>(static_cast<std::uint32_t>(end) - start) : -1});
        for (unsigned i = 0; i < 12; ++i) result.push_back(memory_.load<std::uint32_t>(ints + i * 4));
        while (result.back() == unset) result.erase(result.size() - 1);
        return result;
    }

    /// Called by a few bytes of code, which stores edx too: a 64-bit result has two words.
    json number(const std::string& name, std::uint32_t base)
    {
        const auto start = text();
        const auto end = guest_.buffer(8);
        const auto code = guest_.buffer(64);
        auto at = code;
        const auto put = [&](std::initializer_list<unsigned> opcode, std::optional<std::uint32_t> operand = {}) {
            for (const auto byte : opcode) memory_.store<std::uint8_t>(at, static_cast<std::uint8_t>(byte)), at += 1;
            if (operand) memory_.store<std::uint32_t>(at, *operand), at += 4;
        };
        put({0x68}, base);                                                                          // push
        put({0x68}, static_cast<std::uint32_t>(end.value));
        put({0x68}, static_cast<std::uint32_t>(start));
        put({0xb8}, static_cast<std::uint32_t>(guest_.kernel().symbols().address(name).value().value)); // mov eax
        put({0xff, 0xd0, 0x83, 0xc4, 12});                                                          // call eax; add esp, 12
        put({0x89, 0x15}, static_cast<std::uint32_t>((end + 4).value));                             // mov [end + 4], edx
        put({0xc3});
        auto value = static_cast<std::uint64_t>(static_cast<std::uint32_t>(guest_.run_code(code)));
        const bool wide = name == "simple_strtoull"
                          || (name == "memparse" && guest_.kernel().machine().release().exports != LayoutVersion::v2_4_0);
        if (wide) value |= std::uint64_t{memory_.load<std::uint32_t>(end + 4)} << 32;
        return {value, memory_.load_word(end) - start};
    }

    static constexpr std::uint8_t untouched = 0xbb;
    Guest& guest_;
    AddressSpace& memory_;
    const json& content_;
    std::vector<GuestAddr> buffers_;
    GuestAddr out_ = filled(512, untouched);
};

json measured()
{
    std::ifstream file("tests/exports/text_vectors.json");
    return json::parse(file);
}

} // namespace

TEST_CASE("Texts and numbers come out as from each release's own lib/vsprintf.c and lib/cmdline.c", "[exports][text]")
{
    const auto cases = measured();
    REQUIRE(cases.size() > 300);
    for (const auto* release : {"2.2.1", "2.4.0", "2.4.18-14", "2.4.20", "2.4.37.11"}) {
        Guest guest(release);
        for (const auto& content : cases)
            for (const auto& row : content["results"]) {
                const auto& names = row["releases"];
                if (std::ranges::find(names, release) == names.end()) continue;
                INFO(release << ": " << content.dump());
                CHECK(TextCase(guest, content).run() == row["result"]);
            }
    }
}

TEST_CASE("A negative size is refused by vsnprintf of 2.4.37, with one line in the log", "[exports][text]")
{
    Guest guest("2.4.37.11");
    const auto into = guest.buffer(64);
    for (int i = 0; i < 2; ++i) CHECK(guest.call("snprintf", {into.value, 0x80000000, guest.text("%d"), 7}) == 0);
    CHECK(guest.log() == "<4>improper call of vsnprintf!\n");
}

TEST_CASE("A text printed onto its own end is read as it is written", "[exports][text]")
{
    Guest guest;
    const GuestAddr at{guest.text("abcdefghijklmnopqrstuvwxyz")};
    CHECK(guest.call("sprintf", {at.value + 2, guest.text("%.6s"), at.value}) == 6);
    CHECK(guest.load_text(at) == "abababab");
}

TEST_CASE("A width of 2 GB is counted by snprintf, not stored", "[exports][text]")
{
    Guest guest;
    const auto into = guest.buffer(8);
    CHECK(guest.call("snprintf", {into.value, 8, guest.text("%*d"), 0x7fffffff, 5}) == 0x7fffffff);
    CHECK(guest.load_text(into) == "       ");
}

TEST_CASE("NULL for a format, a text or memparse's end is an oops", "[exports][text]")
{
    for (const auto* call : {"sprintf", "sscanf", "simple_strtoul", "memparse"}) {
        Guest guest("2.4.37.11");
        const auto name = std::string_view(call);
        const auto second = name == "memparse" ? 0 : name == "sscanf" ? guest.text("%d") : guest.buffer(16).value;
        guest.call(call, {name == "sprintf" || name == "memparse" ? guest.text("5") : 0, name == "sprintf" ? 0 : second, 0});
        INFO(call);
        CHECK(guest.outcome().kind == Outcome::Kind::oops);
    }
}
