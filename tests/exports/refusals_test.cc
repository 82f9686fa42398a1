// SPDX-License-Identifier: GPL-2.0-or-later
// Functions of what the machine does not have: each has one answer, and it is graded for what it is.
#include "emu/kernel/outcome.h"
#include "emu/kernel/symbols.h"
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>

using namespace retromod;

TEST_CASE("what needs files, packets or programs refuses with the kernel's error", "[exports][refusals]")
{
    struct Row {
        const char* name;
        std::int64_t result;
    };
    const auto row = GENERATE(values<Row>({
        {"open_exec", -2}, {"alloc_kiovec", -12}, {"sys_ptrace", -38}, {"tcp_connect", -101},
        {"ip_route_output_key", -101}, {"inet_sendmsg", -107}, {"sock_setsockopt", -92}, {"search_binary_handler", -8},
        {"do_mmap_pgoff", -19}, {"neigh_create", -105}, {"posix_test_lock", 0}, {"md_do_sync", 0}, {"ide_register_subdriver", 1},
        {"nf_hook_slow", 1}, {"arp_find", 1}, {"n_tty_ioctl", -25},
    }));
    Guest guest("2.4.18-14");
    const auto* found = guest.kernel().symbols().export_at(guest.kernel().symbols().address(row.name).value());
    REQUIRE(found);
    INFO(row.name);
    CHECK(guest.call(row.name, {0, 0, 0, 0, 0}) == row.result);
    CHECK(guest.outcome().kind == Outcome::Kind::done);
}

TEST_CASE("every release offers only functions and variables that its kernel had under their names", "[exports][refusals]")
{
    struct Row {
        const char* release;
        const char* name;
        bool there;
    };
    const auto row = GENERATE(values<Row>({
        {"2.2.1", "mempool_create", false}, {"2.4.18-14", "mempool_create", true}, {"2.4.20", "mempool_create", false},
        {"2.2.1", "kfree_s", true},         {"2.4.18-14", "kfree_s", false},       {"2.2.1", "seq_open", false},
        {"2.4.0", "snprintf", false},       {"2.4.18-14", "snprintf", true},       {"2.2.1", "getblk", true},
        {"2.2.1", "iget", true},            {"2.4.0", "iget", false},              {"2.2.1", "call_in_firewall", true},
        {"2.2.1", "vmalloc", true},         {"2.4.18-14", "vmalloc", false},       {"2.4.0", "bdevname", true},
    }));
    Guest guest(row.release);
    INFO(row.release << ' ' << row.name);
    CHECK(guest.kernel().symbols().address(row.name).has_value() == row.there);
}
