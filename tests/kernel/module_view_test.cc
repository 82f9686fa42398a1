// SPDX-License-Identifier: GPL-2.0-or-later
// struct module and the structures around it on machines of each word size and byte order, and the calls on them.
#include "emu/kernel/module_view.h"

#include "emu/kernel/export.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/log.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "emu/memory/buffered_user_memory.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace retromod;

namespace {

LayoutSet layouts_of(std::string_view arch, LayoutVersion version = LayoutVersion::v2_4_37_11)
{
    return {*find_arch(arch), version, false, Compiler::gcc_3};
}

using enum ModuleField;

struct Place {
    ModuleField field;
    std::uint32_t narrow, wide, alpha; ///< offsets: 4-byte words, 8-byte words, alpha; 0 in a column: not there
};

constexpr Place places[] = {
    {next, 4, 8, 8},              {name, 8, 16, 16},             {size, 12, 24, 24},          {usecount, 16, 32, 32},
    {flags, 20, 40, 40},          {nsyms, 24, 48, 48},           {ndeps, 28, 52, 52},         {syms, 32, 56, 56},
    {deps, 36, 64, 64},           {refs, 40, 72, 72},            {init, 44, 80, 80},          {cleanup, 48, 88, 88},
    {ex_table_start, 52, 96, 96}, {ex_table_end, 56, 104, 104},  {gp, 0, 0, 112},             {persist_start, 60, 112, 120},
    {persist_end, 64, 120, 128},  {can_unload, 68, 128, 136},    {runsize, 72, 136, 144},     {kallsyms_start, 76, 144, 152},
    {kallsyms_end, 80, 152, 160}, {archdata_start, 84, 160, 168}, {archdata_end, 88, 168, 176}, {kernel_data, 92, 176, 184},
};

/// A machine of that architecture, driven by hand-laid headers.
struct AnyGuest {
    Machine machine;
    BufferedUserMemory user{machine.arch()};
    Kernel kernel{machine, exports()};
    static constexpr std::uint64_t bytes = 2048, body = 1024;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> extra; ///< further words of images, by offset

    static const ExportTable& exports()
    {
        static const ExportTable none;
        return none;
    }
    explicit AnyGuest(std::string_view arch) : machine({.arch = find_arch(arch), .release = find_release("2.4.37.11")})
    {
        machine.memory().set_user_memory(&user);
    }
    unsigned word() const { return machine.arch().word_bytes; }
    std::uint64_t call(std::string_view name, std::initializer_list<std::uint64_t> arguments)
    {
        SystemCall call{name, {}, static_cast<unsigned>(arguments.size())};
        std::ranges::copy(arguments, call.arguments.begin());
        const auto outcome = kernel.scheduler().call(call);
        REQUIRE(outcome.kind == Outcome::Kind::done);
        return outcome.result.word;
    }
    GuestAddr create(std::string_view name) { return {call("create_module", {user.place(name).value, bytes})}; }

    /// Initializes it with one symbol, a dependency if given, and further header members.
    std::uint64_t init(std::string_view name, GuestAddr base, GuestAddr dep,
                       std::initializer_list<std::pair<ModuleField, std::uint64_t>> members = {})
    {
        const auto& layout = kernel.modules().layout();
        std::vector<std::byte> image(bytes);
        const auto put = [&](std::uint64_t at, unsigned size, std::uint64_t value) {
            store_unsigned(image.data() + at, size, machine.arch().order, value);
        };
        const auto set = [&](ModuleField field, std::uint64_t value) {
            put(layout.field(field).offset, layout.field(field).size, value);
        };
        const auto header = layout.header_bytes();
        set(ModuleField::size_of_struct, header);
        set(ModuleField::name, base.value + header);
        set(ModuleField::size, bytes);
        set(nsyms, 1);
        set(syms, base.value + body);
        set(ndeps, dep ? 1 : 0);
        set(deps, dep ? base.value + body + 64 : 0);
        if (layout.has(gp)) set(gp, base.value + 0x8000 + body);
        for (const auto& [field, value] : members) set(field, value);
        std::ranges::copy(std::as_bytes(std::span(name)), image.begin() + static_cast<std::ptrdiff_t>(header));
        put(body, word(), base.value + 0x55);
        put(body + word(), word(), base.value + body + 128);
        put(body + 64, word(), dep.value);
        for (const auto& [at, value] : extra) put(at, word(), value);
        constexpr std::string_view symbol = "a_symbol";
        std::ranges::copy(std::as_bytes(std::span(symbol)), image.begin() + body + 128);
        return call("init_module", {user.place(name).value, user.place(image).value});
    }
    struct Answer {
        std::vector<std::uint64_t> words;
        std::string text; ///< what lies behind the first `words_wanted` words
        std::uint64_t ret;
    };
    Answer query(std::string_view name, std::uint64_t which, std::size_t words_wanted)
    {
        const auto room = user.allocate(256), ret = user.allocate(word());
        const auto name_at = name.empty() ? GuestAddr{} : user.place(name);
        CHECK(call("query_module", {name_at.value, which, room.value, 256, ret.value}) == 0);
        const auto order = machine.arch().order;
        const auto content = user.buffer(room, 256);
        Answer answer{{}, {}, load_unsigned(user.buffer(ret, word()).data(), word(), order)};
        for (std::size_t i = 0; i < words_wanted; ++i)
            answer.words.push_back(load_unsigned(content.data() + i * word(), word(), order));
        answer.text = reinterpret_cast<const char*>(content.data() + words_wanted * word());
        return answer;
    }
};

} // namespace

TEST_CASE("every member of struct module lies where its word size puts it", "[kernel][layouts]")
{
    struct Column {
        std::string_view arch;
        std::uint32_t Place::*offset;
        unsigned word;
        std::uint64_t header, header_2_2;
    };
    const Column columns[] = {
        {"i386", &Place::narrow, 4, 96, 72},     {"mips", &Place::narrow, 4, 96, 72},    {"mipsel", &Place::narrow, 4, 96, 72},
        {"ppc", &Place::narrow, 4, 96, 72},      {"arm", &Place::narrow, 4, 96, 72},     {"sparc", &Place::narrow, 4, 96, 72},
        {"m68k", &Place::narrow, 4, 96, 72},     {"s390", &Place::narrow, 4, 96, 72},    {"sh", &Place::narrow, 4, 96, 72},
        {"x86_64", &Place::wide, 8, 184, 136},   {"ia64", &Place::wide, 8, 184, 136},    {"alpha", &Place::alpha, 8, 192, 144},
    };
    for (const auto& [arch, offset, word, header, header_2_2] : columns) {
        INFO(arch);
        const ModuleLayout now(layouts_of(arch)), old(layouts_of(arch, LayoutVersion::v2_2_1));
        CHECK(now.header_bytes() == header);
        CHECK(old.header_bytes() == header_2_2);
        CHECK(now.symbol_bytes() == 2 * word);
        CHECK(now.ref_bytes() == 3 * word);
        for (const auto& place : places) {
            INFO(module_field_name(place.field));
            const bool is_there = place.*offset != 0;
            CHECK(now.has(place.field) == is_there);
            if (!is_there) continue;
            CHECK(now.field(place.field).offset == place.*offset);
            const bool is_int = place.field == nsyms || place.field == ndeps || place.field == usecount || place.field == runsize;
            CHECK(now.field(place.field).size == (is_int ? 4 : word));
            CHECK(old.has(place.field) == (place.field < runsize));
        }
    }
}

TEST_CASE("the structures beside struct module have the sizes of their words", "[kernel][layouts]")
{
    struct Row {
        std::string_view arch;
        std::uint32_t info, symbol, reference, kernel_sym, exception_entry;
    };
    const Row rows[] = {{"i386", 16, 8, 12, 64, 8},    {"mips", 16, 8, 12, 64, 8},    {"ppc", 16, 8, 12, 64, 8},
                        {"x86_64", 32, 16, 24, 72, 16}, {"alpha", 32, 16, 24, 72, 8}};
    for (const auto& row : rows) {
        INFO(row.arch);
        const auto set = layouts_of(row.arch);
        CHECK(set.size("struct module_info") == row.info);
        CHECK(set.size("struct module_symbol") == row.symbol);
        CHECK(set.size("struct module_ref") == row.reference);
        CHECK(set.size("struct kernel_sym") == row.kernel_sym);
        CHECK(set.size("struct exception_table_entry") == row.exception_entry);
        CHECK(set.field("struct kernel_sym", "name").size == 60);
    }
}

TEST_CASE("the five calls answer in words of the machine's size and byte order", "[kernel][layouts]")
{
    for (const std::string_view arch : {"i386", "mipsel", "mips", "alpha"}) {
        if (!find_cpu(*find_arch(arch))) continue;
        INFO(arch);
        AnyGuest guest(arch);
        const auto word = guest.word();
        const auto low = guest.create("low"), high = guest.create("high");
        CHECK(guest.init("low", low, {}) == 0);
        CHECK(guest.init("high", high, low) == 0);
        CHECK(guest.kernel.modules().view(high).flags() == module_flag::running);
        CHECK(guest.kernel.modules().view(low).flags() == (module_flag::running | module_flag::used_once));

        const auto info = guest.query("high", 5, 4);
        CHECK(info.ret == 4 * word);
        CHECK(info.words == std::vector<std::uint64_t>{high.value, AnyGuest::bytes, module_flag::running, 0});
        CHECK(guest.query("high", 2, 0).text == "low");
        CHECK(guest.query("low", 3, 0).text == "high");
        const auto symbols = guest.query("low", 4, 2);
        CHECK(symbols.words == std::vector<std::uint64_t>{low.value + 0x55, 2 * word});
        CHECK(symbols.text == "a_symbol");

        CHECK(guest.call("get_kernel_syms", {0}) == 5); // two modules, a symbol each, and the kernel
        const auto entry = word + 60 + (word == 8 ? 4 : 0);
        const auto table = guest.user.allocate(5 * entry);
        CHECK(guest.call("get_kernel_syms", {table.value}) == 5);
        const auto content = guest.user.buffer(table, 5 * entry);
        CHECK(load_unsigned(content.data(), word, guest.machine.arch().order) == high.value);
        CHECK(std::string_view(reinterpret_cast<const char*>(content.data()) + word) == "#high");
        CHECK(std::string_view(reinterpret_cast<const char*>(content.data()) + entry + word) == "a_symbol");

        const auto busy = SyscallResult{guest.call("delete_module", {guest.user.place("low").value})};
        CHECK(busy.error(guest.machine.arch()) == Errno::ebusy);
        CHECK(guest.call("delete_module", {guest.user.place("high").value}) == 0);
        CHECK(guest.call("delete_module", {guest.user.place("low").value}) == 0);
        CHECK(guest.kernel.modules().size() == 0);
    }
}

TEST_CASE("the use count of a big-endian machine is the first half of its word, and signed", "[kernel][layouts]")
{
    AnyGuest guest("mips");
    const auto base = guest.create("m");
    CHECK(guest.init("m", base, {}) == 0);
    guest.kernel.modules().view(base).set_usecount(-2);
    std::array<std::byte, 4> bytes{};
    guest.machine.memory().read(base + 16, bytes);
    CHECK(bytes == std::array{std::byte{0xff}, std::byte{0xff}, std::byte{0xff}, std::byte{0xfe}});
    CHECK(guest.query("m", 5, 4).words[3] == 0xfffffffe);
}

TEST_CASE("on a 64-bit big-endian machine members are big-endian words, counts their first half", "[kernel][layouts]")
{
    Arch arch = *find_arch("x86_64"); // 2.4 has sparc64, ppc64 and s390x of this kind; no row stands for them
    arch.order = ByteOrder::big;
    const LayoutSet layouts(arch, LayoutVersion::v2_4_37_11, false, Compiler::gcc_3);
    const ModuleLayout layout(layouts);
    std::vector<std::byte> direct(2 * arch.page_bytes);
    std::vector<std::uint8_t> frames(2);
    MemoryState state;
    AddressSpace memory(arch, {.direct = direct,
                               .vmalloc = {},
                               .vmalloc_start = arch.vmalloc_start,
                               .frames = frames,
                               .vmalloc_pages = {},
                               .state = &state});
    const auto base = arch.page_offset;
    ModuleView module(memory, layout, base);
    module.set(size_of_struct, layout.header_bytes());
    module.set(nsyms, 3);
    module.set(kernel_data, 0x1122334455667788);
    module.set_usecount(-2);
    const auto at = [&](std::size_t offset, std::size_t count) {
        return std::vector<std::byte>(direct.begin() + offset, direct.begin() + offset + count);
    };
    const auto bytes = [](std::initializer_list<unsigned> list) {
        std::vector<std::byte> result;
        for (const auto byte : list) result.push_back(static_cast<std::byte>(byte));
        return result;
    };
    CHECK(at(0, 8) == bytes({0, 0, 0, 0, 0, 0, 0, 184}));
    CHECK(at(32, 8) == bytes({0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 0})); // usecount, then the union's rest
    CHECK(at(48, 8) == bytes({0, 0, 0, 3, 0, 0, 0, 0}));             // nsyms, ndeps
    CHECK(at(176, 8) == bytes({0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88}));
    CHECK(module.usecount() == -2);
    CHECK(module.has(kernel_data));
    CHECK(layouts.size("struct module_info") == 32);
    CHECK(layouts.size("struct module_symbol") == 16);
    CHECK(layouts.size("struct module_ref") == 24);
    CHECK(layouts.size("struct kernel_sym") == 72);
    CHECK(layouts.field("struct kernel_sym", "name").offset == 8);
}

TEST_CASE("alpha refuses a gp outside the module, after the body is in place", "[kernel][layouts]")
{
    if (!find_cpu(*find_arch("alpha"))) return;
    AnyGuest guest("alpha");
    const auto base = guest.create("m");
    const auto refused = SyscallResult{guest.init("m", base, {}, {{gp, base.value}})};
    CHECK(refused.error(guest.machine.arch()) == Errno::einval);
    CHECK(guest.kernel.log().text().find("<3>module_arch_init: mod->gp out of bounds.") != std::string::npos);
    CHECK(guest.init("m", base, {}) == 0);
}

TEST_CASE("mips refuses a table of bus errors that leaves the module", "[kernel][layouts]")
{
    for (const std::string_view arch : {"mips", "mipsel"}) {
        INFO(arch);
        AnyGuest guest(arch);
        const auto base = guest.create("m");
        const auto with_archdata = [&](std::uint64_t start, std::uint64_t end) {
            guest.extra = {{AnyGuest::body + 512, start}, {AnyGuest::body + 516, end}};
            return SyscallResult{guest.init("m", base, {}, {{archdata_start, base.value + AnyGuest::body + 512},
                                                            {archdata_end, base.value + AnyGuest::body + 520}})};
        };
        const auto good = base.value + AnyGuest::body;
        CHECK(with_archdata(good, good + 16).word == 0);
        CHECK(with_archdata(0, 0).word == 0);
        for (const auto& [start, end] :
             {std::pair{good + 16, good}, {good, good + 12}, {base.value, good}, {good, base.value + AnyGuest::bytes}})
            CHECK(with_archdata(start, end).error(guest.machine.arch()) == Errno::einval);
        CHECK(guest.kernel.log().text().find("<3>module_arch_init: archdata->dbe_table_* invalid.") != std::string::npos);
    }
}
