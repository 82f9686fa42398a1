// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/modules/module_folder.h"
#include "loader/sweep/child_pool.h"
#include "loader/sweep/sweep_compare.h"
#include "loader/sweep/sweep_plans.h"
#include "loader/sweep/verdicts.h"
#include "loader/tools/symbol_versions.h"

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
    const TextFile file(
        "verdict\tmodule\tdeps\tunload\tparams\textra\nok\ta\tb.o,c.o\tunload-ok\tio=1\tx\nunresolved\td\t-\t\t\t\n");
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

namespace {

/// A folder with copies of sample modules, for one test.
class SampleTree {
public:
    void add(const std::string& sample, const std::string& as)
    {
        const auto to = path_ / as;
        std::filesystem::create_directories(to.parent_path());
        std::filesystem::copy_file("images/built/i386/" + sample + ".o", to);
    }
    ~SampleTree() { std::filesystem::remove_all(path_); }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_ = std::filesystem::temp_directory_path() / ("retromod-tree-" + std::to_string(getpid()));
};

bool only_printk(const std::string& name) { return name == "printk"; }

} // namespace

TEST_CASE("modules are found below the folder, and the nearest of several exporters is taken", "[tools][folder]")
{
    SampleTree tree;
    tree.add("importer", "kernel/b/importer.o");
    tree.add("exporter", "kernel/a/exporter.o");
    tree.add("exporter", "kernel/b/other_name.o");
    const ModuleFolder folder(tree.path());
    CHECK(folder.modules().size() == 3);
    const auto needed = folder.dependencies(*folder.find("importer"), only_printk);
    REQUIRE(needed.size() == 1);
    CHECK(needed[0]->name == "other_name");
}

TEST_CASE("a kernel symbol is not looked for in modules, with its version or without", "[tools][folder][sweep]")
{
    SampleTree tree;
    tree.add("importer", "importer.o");
    tree.add("exporter", "exporter.o");
    const ModuleFolder folder(tree.path());
    auto session = Session::in_memory({});
    const auto plans = plans_of(folder, session, [](std::string_view) {});
    REQUIRE(plans.size() == 2);
    CHECK(plans[0].dependencies.empty());
    REQUIRE(plans[1].dependencies.size() == 1);
    CHECK(plans[1].dependencies[0].path == (tree.path() / "exporter.o").string());
}

TEST_CASE("a shard is every n-th module, and all shards are all modules", "[tools][sweep]")
{
    std::vector<SweepPlan> plans(7);
    for (std::size_t i = 0; i < plans.size(); ++i) plans[i].name = std::to_string(i);
    std::size_t modules = 0;
    for (std::uint64_t number = 1; number <= 3; ++number) modules += part_of(plans, {number, 3}).size();
    CHECK(modules == 7);
    CHECK(part_of(plans, {2, 3})[1].name == "4");
    CHECK(read_shard("2/3")->number == 2);
    for (const auto* text : {"", "2", "0/3", "4/3", "2/3x", "-1/3", "2/"}) CHECK_FALSE(read_shard(text));
}

TEST_CASE("a quoted field of a verdict file holds JSON, and its texts are written out", "[tools][verdicts]")
{
    const TextFile file(
        "module\tparams\tdeps\tverdict\tunload\teffects\tklog_load\n"
        "a\t\t-\tok\tunload-ok\t\"{\"\"misc\"\": {\"\"added\"\": [\"\"130 watchdog\"\"]}}\"\t<6>a\\n<6>b\\\\c\\n\n");
    const auto verdicts = read_verdicts(file.path());
    REQUIRE(verdicts.size() == 1);
    CHECK(verdicts[0].effects->at("misc") == std::vector<std::string>{"130 watchdog"});
    CHECK(*verdicts[0].log == "<6>a\n<6>b\\c\n");
    CHECK_FALSE(verdicts[0].said);
    const TextFile broken("module\tparams\tdeps\tverdict\tunload\teffects\na\t\t-\tok\t\t{\n");
    CHECK_THROWS_WITH(read_verdicts(broken.path()), Catch::Contains(":2: "));
}

TEST_CASE("logs agree line for line but for addresses, process ids and an oops' registers", "[tools][sweep]")
{
    Verdict verdict;
    verdict.verdict = "ok";
    verdict.log = "<6>at c4831060, thread pid 13\n<1>Unable to handle kernel NULL pointer dereference at virtual address 00000000\n"
                  "<4>EIP is at f [kernel] 0x10 (2.4.18)\n<4>eax: 00000000\n<6>after\n";
    SweepRow row;
    row.verdict = "ok";
    row.log = "<6>at c8800060, thread pid 6\n<1>Unable to handle kernel NULL pointer dereference at virtual address 00000000\n"
              "<4>EIP is at f [kernel] 0x14 (2.4.20)\n<4>eax: 00000001\n<4>more\n<6>after\n";
    const auto log_of = [&] {
        for (const auto& comparison : compare(row, verdict))
            if (comparison.aspect == "log") return comparison;
        return Comparison{};
    };
    CHECK(log_of().agrees);
    row.log += "<6>once more\n";
    CHECK_FALSE(log_of().agrees);
    CHECK(log_of().here == std::vector<std::string>{"<6>once more"});
    CHECK(log_of().really.empty());
}

TEST_CASE("a row of a sweep survives its JSON", "[tools][sweep]")
{
    SweepRow row;
    row.module = "a";
    row.use_count = "-1";
    row.effects["tree"] = {"/proc/a 100444"};
    row.faults = {"/proc/ioports: the name of 0350-0353 lies in freed memory"};
    const auto again = sweep_row_from_json(to_json(row));
    CHECK(again.use_count == row.use_count);
    CHECK(again.effects == row.effects);
    CHECK(again.faults == row.faults);
    CHECK_THROWS_WITH(sweep_row_from_json("{}"), Catch::Contains("no row of a sweep"));
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
