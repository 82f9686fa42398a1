// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/abi/layout_set.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace retromod;

namespace {

constexpr auto up = false;

LayoutSet of(std::string_view arch, LayoutVersion version) { return {*find_arch(arch), version, up, Compiler::gcc_3}; }

struct Place {
    std::string_view member;
    std::uint32_t offset;
};

void check_module(const LayoutSet& set, std::initializer_list<Place> places, std::uint32_t size)
{
    for (const auto& place : places) {
        INFO(place.member);
        CHECK(set.field("struct module", place.member).offset == place.offset);
    }
    CHECK(set.size("struct module") == size);
}

} // namespace

TEST_CASE("struct module of a 64-bit machine", "[abi][layouts]")
{
    const std::initializer_list<Place> head = {
        {"size_of_struct", 0}, {"next", 8}, {"name", 16}, {"size", 24}, {"uc.usecount", 32}, {"flags", 40}, {"nsyms", 48},
        {"ndeps", 52}, {"syms", 56}, {"deps", 64}, {"refs", 72}, {"init", 80}, {"cleanup", 88}, {"ex_table_start", 96},
        {"ex_table_end", 104}, {"persist_start", 112}, {"persist_end", 120}, {"can_unload", 128},
    };
    check_module(of("x86_64", LayoutVersion::v2_2_1), head, 136);
    check_module(of("x86_64", LayoutVersion::v2_4_37_11), head, 184);
    check_module(of("x86_64", LayoutVersion::v2_4_37_11),
                 {{"runsize", 136}, {"kallsyms_start", 144}, {"kallsyms_end", 152}, {"archdata_start", 160},
                  {"archdata_end", 168}, {"kernel_data", 176}}, 184);
}

TEST_CASE("struct module of alpha has gp behind the exception table", "[abi][layouts]")
{
    const std::initializer_list<Place> head = {
        {"ex_table_start", 96}, {"ex_table_end", 104}, {"gp", 112},
        {"persist_start", 120}, {"persist_end", 128},  {"can_unload", 136},
    };
    check_module(of("alpha", LayoutVersion::v2_2_1), head, 144);
    check_module(of("alpha", LayoutVersion::v2_4_0), head, 192);
    check_module(of("alpha", LayoutVersion::v2_4_37_11),
                 {{"runsize", 144}, {"kallsyms_start", 152}, {"kallsyms_end", 160}, {"archdata_start", 168},
                  {"archdata_end", 176}, {"kernel_data", 184}}, 192);
    CHECK_FALSE(of("x86_64", LayoutVersion::v2_4_37_11).has("struct module", "gp"));
}

TEST_CASE("struct module of i386 ends with can_unload in 2.2", "[abi][layouts]")
{
    check_module(of("i386", LayoutVersion::v2_2_1), {{"uc.usecount.counter", 16}, {"flags", 20}, {"can_unload", 68}}, 72);
    check_module(of("i386", LayoutVersion::v2_4_22), {{"flags", 20}, {"can_unload", 68}, {"kernel_data", 92}}, 96);
}

TEST_CASE("tables that the calls hand out have the sizes of each word", "[abi][layouts]")
{
    for (const auto& [arch, symbol, ref, sym, info] :
         {std::tuple{"i386", 8u, 12u, 64u, 16u}, std::tuple{"x86_64", 16u, 24u, 72u, 32u}}) {
        const auto set = of(arch, LayoutVersion::v2_4_22);
        CHECK(set.size("struct module_symbol") == symbol);
        CHECK(set.size("struct module_ref") == ref);
        CHECK(set.size("struct kernel_sym") == sym);
        CHECK(set.size("struct module_info") == info);
    }
}

TEST_CASE("a spinlock takes room with SMP, and without it where gcc 2.95 compiled", "[abi][layouts]")
{
    const auto size = [](bool smp, Compiler compiler) {
        return LayoutSet(i386(), LayoutVersion::v2_4_22, smp, compiler).size("wait_queue_head_t");
    };
    CHECK(size(false, Compiler::gcc_3) == 8);
    CHECK(size(false, Compiler::gcc_2_95) == 12);
    CHECK(size(true, Compiler::gcc_3) == 12);
}

TEST_CASE("the structures that sample modules use are there for mipsel at 2.4.22, which was not measured", "[abi][layouts]")
{
    const auto set = of("mipsel", LayoutVersion::v2_4_22);
    for (const auto* name :
         {"struct module", "struct file", "struct file_operations", "struct inode", "struct task_struct", "struct proc_dir_entry",
          "struct timer_list", "struct sk_buff", "struct net_device", "struct pci_dev"}) {
        INFO(name);
        CHECK(set.has(name));
    }
}

TEST_CASE("a copy of a set outlives the set", "[abi][layouts]")
{
    auto original = std::make_unique<LayoutSet>(of("i386", LayoutVersion::v2_4_22));
    const auto before = original->members("struct file");
    const auto copy = *original;
    original.reset();
    CHECK(std::ranges::equal(before, copy.members("struct file"), {}, &MemberLayout::name, &MemberLayout::name));
}

TEST_CASE("no structure has a member twice, on any architecture and release", "[abi][layouts]")
{
    for (const auto& arch : arches()) {
        for (auto version = oldest_layouts; version <= newest_layouts; version = LayoutVersion(static_cast<int>(version) + 1)) {
            for (const bool smp : {false, true}) {
                const LayoutSet set(arch, version, smp, Compiler::gcc_3);
                for (const auto structure : set.structures()) {
                    std::vector<std::string_view> names;
                    for (const auto& member : set.members(structure)) names.push_back(member.name);
                    std::ranges::sort(names);
                    const auto twice = std::ranges::adjacent_find(names);
                    INFO(arch.name << " " << layout_version_name(version) << " " << structure);
                    if (twice != names.end()) CHECK(*twice == "");
                }
                CHECK_FALSE(set.structures().empty());
            }
        }
    }
}
