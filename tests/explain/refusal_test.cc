// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/module_list.h"
#include "loader/explain/refusal.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

constexpr std::uint64_t module_bytes = 256;

/// A created module "m" and an image for it that every check accepts, with struct module's members to be spoilt.
struct Prepared {
    Session session = Session::in_memory({});
    RefusalWatch watch{session};
    GuestAddr base{watch.create_module("m", module_bytes).word};
    std::vector<std::byte> image = std::vector<std::byte>(module_bytes);

    Prepared()
    {
        const auto& layout = session.kernel().modules().layout();
        set(ModuleField::size_of_struct, layout.header_bytes());
        set(ModuleField::size, module_bytes);
        set(ModuleField::name, base.value + layout.header_bytes());
        image[layout.header_bytes()] = std::byte{'m'};
    }
    void set(ModuleField member, std::uint64_t value)
    {
        const auto field = session.kernel().modules().layout().field(member);
        store_unsigned(image.data() + field.offset, field.size, ByteOrder::little, value);
    }
    std::string refusal()
    {
        watch.init_module("m", image);
        return watch.explanations().empty() ? "" : watch.explanations().back();
    }
};

} // namespace

TEST_CASE("an image that no check refuses gets no explanation", "[tools][explain]")
{
    Prepared prepared;
    CHECK(prepared.refusal() == "");
}

TEST_CASE("a header check that refuses is named with the values it saw", "[tools][explain]")
{
    Prepared prepared;
    prepared.set(ModuleField::ndeps, 1);
    prepared.set(ModuleField::deps, 0xc88002f0);
    CHECK(prepared.refusal() ==
          "init_module: EINVAL: mod->deps out of bounds (deps=0xc88002f0, module ends at 0xc8800100, ndeps=1)");
}

TEST_CASE("each logged check of init_module has its explanation", "[tools][explain]")
{
    struct Row {
        ModuleField member;
        std::uint64_t value;
        std::string_view expected;
    };
    const auto row = GENERATE(
        Row{ModuleField::size_of_struct, 20,
            "Invalid module header size (size_of_struct=20, the kernel's has 96, it takes 60 to 160)"},
        Row{ModuleField::size, 257, "Size of initialized module exceeds size of created module (size=257, created with 256)"},
        Row{ModuleField::name, 0x1000, "mod->name out of bounds (name=0x1000, module ends at 0xc8800100)"},
        Row{ModuleField::init, 0xc0100000, "mod->init out of bounds (init=0xc0100000, module ends at 0xc8800100)"},
        Row{ModuleField::ex_table_end, 4,
            "mod->ex_table_* invalid (ex_table_start=0x0, ex_table_end=0x4, module ends at 0xc8800100)"},
        Row{ModuleField::flags, 1, "mod->flags invalid (flags=0x1)"},
        Row{ModuleField::kernel_data, 7, "mod->kernel_data must be zero (kernel_data=0x7)"});
    Prepared prepared;
    prepared.set(row.member, row.value);
    CHECK(prepared.refusal() == fmt::format("init_module: EINVAL: {}", row.expected));
}

TEST_CASE("a refused create_module or delete_module says what stood against it", "[tools][explain]")
{
    Prepared prepared;
    auto& watch = prepared.watch;
    watch.create_module("m", module_bytes);
    CHECK(watch.explanations().back() == "create_module: EEXIST: a module 'm' is in the kernel's list");
    watch.create_module("n", 10);
    CHECK(watch.explanations().back() ==
          "create_module: EINVAL: 10 bytes are too few for struct module (96 bytes) and the name");
    watch.delete_module("nosuch");
    CHECK(watch.explanations().back() == "delete_module: ENOENT: no module 'nosuch' is in the kernel's list");
    watch.init_module("nosuch", prepared.image);
    CHECK(watch.explanations().back() == "init_module: ENOENT: no module 'nosuch' was created");
}
