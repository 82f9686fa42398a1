// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/child_pool.h"
#include "loader/tools/module_folder.h"
#include "loader/tools/symbol_versions.h"
#include "loader/tools/verdicts.h"

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <unistd.h>

using namespace retromod;

namespace {

/// A file with some text, for one test.
class TextFile {
public:
    explicit TextFile(const std::string& text)
    {
        std::ofstream(path_) << text;
    }
    ~TextFile() { std::filesystem::remove(path_); }
    const std::string& path() const { return path_; }

private:
    std::string path_ = std::filesystem::temp_directory_path() / ("retromod-text-" + std::to_string(getpid()));
};

} // namespace

TEST_CASE("exported names are read with their versions from a copy of /proc/ksyms", "[tools][versions]")
{
    const TextFile file("c01 printk_R1b7d4074\nc02 __down_failed\nc03 smp_thing_Rsmp_0123abcd\nc88 x_R00000000\t[mod]\n");
    const auto versions = read_symbol_versions(file.path());
    CHECK(versions.size() == 3);
    CHECK(versions.at("printk") == "printk_R1b7d4074");
    CHECK(versions.at("__down_failed") == "__down_failed");
    CHECK(versions.at("smp_thing") == "smp_thing_Rsmp_0123abcd");
}

TEST_CASE("of a System.map only exported names count", "[tools][versions]")
{
    const TextFile file("c0100000 T _stext\nc0200000 ? __kstrtab_printk_R1b7d4074\nc0100010 t helper\n");
    const auto versions = read_symbol_versions(file.path());
    CHECK(versions.size() == 1);
    CHECK(versions.at("printk") == "printk_R1b7d4074");
}

TEST_CASE("a list of names that is none is refused by file and line", "[tools][versions]")
{
    const TextFile nonsense("c01 printk\nthis is no list\n");
    CHECK_THROWS_WITH(read_symbol_versions(nonsense.path()), Catch::Contains(":2: "));
    const TextFile empty("\n");
    CHECK_THROWS_WITH(read_symbol_versions(empty.path()), Catch::Contains("no exported symbol"));
}

TEST_CASE("verdicts are read by the names of their columns", "[tools][verdicts]")
{
    const TextFile file("verdict\tmodule\tdeps\tunload\tparams\textra\nok\ta\tb.o,c.o\tunload-ok\tio=1\tx\nunresolved\td\t-\t\t\t\n");
    const auto verdicts = read_verdicts(file.path());
    REQUIRE(verdicts.size() == 2);
    CHECK(verdicts[0].module == "a");
    CHECK(verdicts[0].dependencies == std::vector<std::string>{"b.o", "c.o"});
    CHECK(verdicts[0].parameters == "io=1");
    CHECK(verdicts[1].verdict == "unresolved");
    CHECK(verdicts[1].dependencies.empty());
}

TEST_CASE("a verdict file with a row too short, or without a column, is refused by line", "[tools][verdicts]")
{
    const TextFile row("module\tparams\tdeps\tverdict\tunload\na\tb\n");
    CHECK_THROWS_WITH(read_verdicts(row.path()), Catch::Contains(":2: 2 columns, not 5"));
    const TextFile column("module\tparams\n");
    CHECK_THROWS_WITH(read_verdicts(column.path()), Catch::Contains("no column 'deps'"));
}

TEST_CASE("a module's dependencies are who exports what it imports and the kernel does not", "[tools][folder]")
{
    const ModuleFolder folder("images/built/i386");
    const auto* importer = folder.find("importer");
    REQUIRE(importer);
    const auto needed = folder.dependencies(*importer, [](const std::string& name) { return name == "printk"; });
    REQUIRE(needed.size() == 1);
    CHECK(needed[0]->name == "exporter");
    const auto none = folder.dependencies(*importer, [](const std::string&) { return true; });
    CHECK(none.empty());
}

TEST_CASE("a file that is no module stays in the folder with its problem", "[tools][folder]")
{
    const auto path = std::filesystem::temp_directory_path() / ("retromod-folder-" + std::to_string(getpid()));
    std::filesystem::create_directory(path);
    std::ofstream(path / "text.o") << "no module";
    std::ofstream(path / "readme.txt") << "not looked at";
    const ModuleFolder folder(path);
    std::filesystem::remove_all(path);
    REQUIRE(folder.modules().size() == 1);
    CHECK(folder.modules()[0].problem->kind == ProblemKind::not_elf);
}

TEST_CASE("jobs that fail, die or hang are told apart, and reported in order", "[tools][pool]")
{
    const ChildPool pool{3, 0.5};
    std::vector<ChildResult> results;
    pool.run(5,
             [](std::size_t i) -> std::string {
                 if (i == 1) throw std::runtime_error("a reason");
                 if (i == 2) kill(getpid(), SIGKILL);
                 if (i == 3)
                     for (;;) pause();
                 return std::string(i == 4 ? 200'000 : 3, 'x');
             },
             [&](std::size_t i, const ChildResult& result) {
                 CHECK(i == results.size());
                 results.push_back(result);
             });
    REQUIRE(results.size() == 5);
    CHECK(results[0].output == "xxx");
    CHECK(results[1].end == ChildResult::End::failed);
    CHECK(results[1].output == "a reason");
    CHECK(results[2].end == ChildResult::End::killed);
    CHECK(results[3].end == ChildResult::End::timed_out);
    CHECK(results[4].output.size() == 200'000);
}
