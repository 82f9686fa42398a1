// SPDX-License-Identifier: GPL-2.0-or-later
// retromod new NAME: a folder with the skeleton of a module, a scenario of it and a Makefile.
#include "loader/tools/commands.h"
#include "loader/tools/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>

namespace retromod {
namespace {

namespace fs = std::filesystem;

/// A file of the skeleton. NAME stands for the module's name.
struct SkeletonFile {
    std::string_view name, text;
};

constexpr std::string_view source = R"(/* NAME: a kernel module for 2.2, 2.4 and, with the same source, for kernels since 2.6. */
#include <both.h>

/* A parameter: insmod NAME.o count=3. Declared once for both ways of passing parameters. */
static int count = 1;
INT_PARAMETER(count);

/* Runs when the module is loaded. 0: it stays; a negative errno: it is refused. */
static int __init NAME_init(void)
{
    int i;

    for (i = 0; i < count; i++)
        pr_info("NAME: hello %d\n", i + 1);
    return 0;
}

/* Runs when it is unloaded: gives back whatever init took. */
static void __exit NAME_exit(void)
{
    pr_info("NAME: bye\n");
}

module_init(NAME_init);
module_exit(NAME_exit);
MODULE_LICENSE("GPL");
)";

constexpr std::string_view scenario = R"({"format": "retromod-comparisons", "format_version": 1,
 "modules": {"old": "{}.c", "new": "{}.c"},
 "scenarios": [
  {"id": "NAME-loads", "title": "NAME is loaded twice, listed and unloaded, under both ABIs",
   "old": {"release": "2.4.20"}, "new": {"release": "6.1"},
   "steps": [{"insmod": "NAME", "args": ["count=2"], "expect": ["0", "0"]},
             {"insmod": "NAME", "expect": ["no call", "EEXIST"]},
             {"lsmod": true, "expect": ["no call", "no call"]},
             {"rmmod": "NAME", "expect": ["0", "0"]}]}]}
)";

constexpr std::string_view makefile =
    R"(# make: the module for 2.4; make test: the scenario, under both ABIs; make page: a load to look at
RETROMOD = retromod

NAME.o: NAME.c
	$(RETROMOD) cc NAME.c -o NAME.o

NAME.ko: NAME.c
	$(RETROMOD) cc --release 6.1 NAME.c -o NAME.ko

test: NAME.c NAME.json
	$(RETROMOD) test .

page: NAME.o NAME.ko
	$(RETROMOD) report NAME.o NAME.ko -o NAME.html

clean:
	rm -f NAME.o NAME.ko NAME.html

.PHONY: test page clean
)";

constexpr SkeletonFile skeleton[] = {{"NAME.c", source}, {"NAME.json", scenario}, {"Makefile", makefile}};

std::string named(std::string_view text, const std::string& name)
{
    constexpr std::string_view mark = "NAME";
    std::string out(text);
    for (std::size_t at = 0; (at = out.find(mark, at)) != out.npos; at += name.size()) out.replace(at, mark.size(), name);
    return out;
}

/// A word of C, short enough for struct module of every release.
bool is_good_name(const std::string& name)
{
    constexpr std::size_t longest = 50;
    return !name.empty() && name.size() <= longest && !std::isdigit(static_cast<unsigned char>(name[0]))
           && std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

} // namespace

int new_command(const Invocation& invocation)
{
    std::string name;
    Options options(invocation);
    options.positional("NAME", name, "the module's name; its folder is made here");
    if (const auto status = options.parse()) return *status;
    if (!is_good_name(name)) {
        complain(fmt::format("new: '{}' is no name of a module: letters, digits and _, 50 at most, no digit first", name));
        return exit_status::usage;
    }
    if (!fs::create_directory(name)) {
        complain(fmt::format("new: {} is there already: nothing was changed", name));
        return exit_status::failure;
    }
    for (const auto& file : skeleton) {
        const auto path = fs::path(name) / named(file.name, name);
        std::ofstream out(path);
        out << named(file.text, name) << std::flush;
        if (!out) throw std::runtime_error(path.string() + ": cannot be written");
    }
    fmt::print("{0}/{0}.c, {0}.json and Makefile are there: cd {0} && make test\n", name);
    return 0;
}

} // namespace retromod
