// SPDX-License-Identifier: GPL-2.0-or-later
// Every error that init_module(2), finit_module(2) and delete_module(2) of release 3.53 list, provoked. Where page and
// kernel disagree the title says so, as docs/modern-abi.md does.
#include "tests/modern/world.h"

#include <catch2/catch.hpp>

using namespace retromod;

// --- init_module(2) ---------------------------------------------------------------------------------------------

TEST_CASE("init_module EBADMSG: the signature is misformatted", "[modern][page]")
{
    ModernWorld world;
    CHECK(world.load(world.module("mo_ret", R"([{"sig": {"body": "4141"}}])")) == "EBADMSG");
}

TEST_CASE("init_module EBUSY: timeout while a reference to another module is resolved", "[modern][page]")
{
    ModernWorld world;
    world.begin(world.module("mo_exp"), "delay_ms=60000", 10);
    CHECK(world.load(world.module("mo_impplain")) == "EBUSY");
    CHECK(world.log.find("mo_impplain: gave up waiting for init of module mo_exp.") != std::string::npos);
}

TEST_CASE("init_module EFAULT: an address is outside the process", "[modern][page]")
{
    ModernWorld world;
    const auto image = world.module("mo_ret");
    CHECK(world.call({"init_module", {0x10, image.size(), world.user().place("").value}, 3}) == "EFAULT");
    CHECK(world.call({"init_module", {world.user().place(image).value, image.size(), 0x10}, 3}) == "EFAULT");
}

TEST_CASE("init_module ENOKEY: page and kernel disagree, without the key a module loads tainted, enforced it is EKEYREJECTED",
          "[modern][page]")
{
    ModernWorld world;
    CHECK(world.load(world.module("mo_ret_ownsig")) == "0");
    BootOptions boot;
    boot.command_line = "module.sig_enforce=1";
    ModernWorld strict("6.1", boot);
    CHECK(strict.load(strict.module("mo_ret_ownsig")) == "EKEYREJECTED");
    CHECK(strict.log.find("Loading of module with unavailable key is rejected") != std::string::npos);
}

TEST_CASE("init_module ENOMEM: out of memory", "[modern][page]")
{
    ModernWorld world;
    CHECK(world.load(world.module("mo_ret", R"([{"section": ".bss", "sh_size": 1073741824}])")) == "ENOMEM");
    CHECK(world.call({"init_module", {world.user().place("x").value, ~std::uint64_t{0}, 0}, 3}) == "ENOMEM");
}

TEST_CASE("init_module EPERM: no CAP_SYS_MODULE, or module loading is disabled", "[modern][page]")
{
    ModernWorld world;
    world.capable = false;
    CHECK(world.load(world.module("mo_ret")) == "EPERM");
    world.capable = true;
    REQUIRE(world.modern().write_file("/proc/sys/kernel/modules_disabled", "1\n"));
    CHECK(world.load(world.module("mo_ret")) == "EPERM");
}

TEST_CASE("init_module EEXIST: a module of this name is already loaded", "[modern][page]")
{
    ModernWorld world;
    REQUIRE(world.load(world.module("mo_ret")) == "0");
    CHECK(world.load(world.module("mo_ret")) == "EEXIST");
}

TEST_CASE("init_module EINVAL: param_values, or a part of the image, is invalid", "[modern][page]")
{
    ModernWorld world;
    CHECK(world.load(world.module("mo_ret"), "ret=x") == "EINVAL");
    CHECK(world.load(world.module("mo_ret", R"([{"version_set": ["msleep", 1]}])")) == "EINVAL");
}

TEST_CASE("init_module ENOEXEC: no ELF image, or one of another architecture or kernel", "[modern][page]")
{
    ModernWorld world;
    CHECK(world.load(world.module("ext/script.sh")) == "ENOEXEC");
    CHECK(world.load(world.module("mo_ret", R"([{"elf.e_machine": 3}])")) == "ENOEXEC");
    CHECK(world.load(world.module("mo_ret", R"([{"modinfo_set": ["vermagic", "$nosmp"]}])")) == "ENOEXEC");
}

TEST_CASE("init_module returns what the module's init function returned", "[modern][page]")
{
    ModernWorld world;
    CHECK(world.load(world.module("mo_ret"), "ret=-19") == "ENODEV");
    CHECK(world.modern().proc_modules().empty());
    CHECK(world.load(world.module("mo_ret"), "ret=7") == "0");
}

// --- finit_module(2) --------------------------------------------------------------------------------------------

TEST_CASE("finit_module EBADF: the descriptor is not open for reading", "[modern][page]")
{
    ModernWorld world;
    auto file = file_of(world.module("mo_ret"));
    file.readable = false;
    CHECK(world.finit(file) == "EBADF");
    CHECK(world.call({"finit_module", {99, 0, 0}, 3}) == "EBADF");
}

TEST_CASE("finit_module EFBIG: the file is too large", "[modern][page]")
{
    ModernWorld world;
    auto file = file_of(world.module("mo_ret"));
    file.size = std::uint64_t{1} << 31;
    CHECK(world.finit(file) == "EFBIG");
}

TEST_CASE("finit_module EINVAL: flags are invalid; beyond the page, the file is empty or no regular file", "[modern][page]")
{
    ModernWorld world;
    CHECK(world.finit(file_of(world.module("mo_ret")), 8) == "EINVAL");
    CHECK(world.finit(file_of({})) == "EINVAL");
    auto folder = file_of({});
    folder.kind = UserFile::Kind::other;
    CHECK(world.finit(folder) == "EINVAL");
}

TEST_CASE("finit_module ENOEXEC: the file holds no open descriptor's ELF module", "[modern][page]")
{
    ModernWorld world;
    CHECK(world.finit(file_of(world.module("ext/script.sh"))) == "ENOEXEC");
    CHECK(world.log.find("Invalid ELF header len 17") != std::string::npos);
}

TEST_CASE("finit_module ETXTBSY, which the page does not list: the file is open for writing", "[modern][page]")
{
    ModernWorld world;
    auto file = file_of(world.module("mo_ret"));
    file.written = true;
    CHECK(world.finit(file) == "ETXTBSY");
}

TEST_CASE("finit_module EOPNOTSUPP, which the page does not list: a compressed file and a kernel that expands none",
          "[modern][page]")
{
    ModernWorld old("6.1"), fresh("6.12");
    CHECK(old.finit(file_of(old.module("mo_ret_xz")), 4) == "EOPNOTSUPP");
    CHECK(fresh.finit(file_of(fresh.module("mo_ret_xz")), 4) == "0");
}

// --- delete_module(2) -------------------------------------------------------------------------------------------

TEST_CASE("delete_module EBUSY: the module is not live, or has init and no exit", "[modern][page]")
{
    ModernWorld world;
    world.begin(world.module("mo_ret"), "delay_ms=1000", 10);
    CHECK(world.remove("mo_ret") == "EBUSY");
    REQUIRE(world.load(world.module("mo_noexit")) == "0");
    CHECK(world.remove("mo_noexit") == "EBUSY");
}

TEST_CASE("delete_module EFAULT: the name is outside the process", "[modern][page]")
{
    ModernWorld world;
    CHECK(world.call({"delete_module", {0, 0}, 2}) == "EFAULT");
}

TEST_CASE("delete_module ENOENT: there is no such module", "[modern][page]")
{
    ModernWorld world;
    CHECK(world.remove("nosuch") == "ENOENT");
}

TEST_CASE("delete_module EPERM: no CAP_SYS_MODULE", "[modern][page]")
{
    ModernWorld world;
    world.capable = false;
    CHECK(world.remove("nosuch") == "EPERM");
}

TEST_CASE("delete_module EWOULDBLOCK: others depend on it, or it is in use; page and kernel disagree on O_NONBLOCK",
          "[modern][page]")
{
    ModernWorld world;
    REQUIRE(world.load(world.module("mo_exp")) == "0");
    REQUIRE(world.load(world.module("mo_impplain")) == "0");
    CHECK(world.remove("mo_exp") == "EAGAIN");
    REQUIRE(world.load(world.module("mo_ret"), "hold=1") == "0");
    CHECK(world.remove("mo_ret") == "EAGAIN");
    // The page lets a call without O_NONBLOCK wait for the count; since 3.13 no call waits.
    CHECK(world.remove("mo_ret", 0) == "EAGAIN");
    CHECK(world.remove("mo_ret", 01000) == "0");
}

// --- the calls before 2.6 ---------------------------------------------------------------------------------------

TEST_CASE("query_module ENOSYS is how a program tells that the kernel links modules itself", "[modern][page]")
{
    for (const auto* release : {"6.1", "6.12"}) {
        ModernWorld world(release);
        for (const auto* name : {"create_module", "query_module", "get_kernel_syms"}) CHECK(world.call({name, {}, 5}) == "ENOSYS");
    }
}
