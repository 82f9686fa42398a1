// SPDX-License-Identifier: GPL-2.0-or-later
// kmod: list and static-nodes, as kmod 30 has them.
#include "loader/modules/conf_lines.h"

#include "loader/tools/commands.h"
#include "loader/tools/kmod_tools.h"
#include "loader/tools/module_commands.h"
#include "loader/tools/module_home.h"
#include "loader/tools/modutils_options.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace retromod {
namespace {

constexpr const char* usage = "kmod - Manage kernel modules: list, load, unload, etc\n"
                              "Usage:\n"
                              "\tkmod [options] command [command_options]\n"
                              "\n"
                              "Options:\n"
                              "\t-V, --version     show version\n"
                              "\t-h, --help        show this help\n"
                              "\n"
                              "Commands:\n"
                              "  help         Show help message\n"
                              "  list         list currently loaded modules\n"
                              "  static-nodes outputs the static-node information installed with the currently running kernel\n"
                              "\n"
                              "kmod also handles gracefully if called from following symlinks:\n"
                              "  lsmod        compat lsmod command\n"
                              "  rmmod        compat rmmod command\n"
                              "  insmod       compat insmod command\n"
                              "  modinfo      compat modinfo command\n"
                              "  modprobe     compat modprobe command\n"
                              "  depmod       compat depmod command\n";

constexpr const char* nodes_usage = "Usage:\n"
                                    "\tkmod static-nodes [options]\n"
                                    "\n"
                                    "kmod static-nodes outputs the static-node information of the currently running kernel.\n"
                                    "\n"
                                    "Options:\n"
                                    "\t-f, --format=FORMAT  choose format to use: see \"Formats\"\n"
                                    "\t-o, --output=FILE    write output to file\n"
                                    "\t-h, --help           show this help\n"
                                    "\n"
                                    "Formats:\n"
                                    "\thuman        (default) a human readable format. Do not parse.\n"
                                    "\ttmpfiles     the tmpfiles.d(5) format used by systemd-tmpfiles.\n"
                                    "\tdevname      the modules.devname format.\n";

constexpr option node_options[] = {{"format", required_argument, nullptr, 'f'}, {"output", required_argument, nullptr, 'o'},
                                   {"help", no_argument, nullptr, 'h'}, {}};

/// One line of modules.devname.
struct Node {
    std::string module, device, type, numbers;
};

std::string shown(const Node& node, std::string_view format)
{
    const bool block = node.type == "b";
    if (format == "devname") return fmt::format("{} {} {}{}\n", node.module, node.device, node.type, node.numbers);
    if (format == "human")
        return fmt::format("Module: {}\n\tDevice node: /dev/{}\n\t\tType: {} device\n\t\tMajor: {}\n\t\tMinor: {}\n", node.module,
                           node.device, block ? "block" : "character", node.numbers.substr(0, node.numbers.find(':')),
                           node.numbers.substr(node.numbers.find(':') + 1));
    const auto slash = node.device.rfind('/');
    const auto folder =
        slash == node.device.npos ? std::string() : fmt::format("d /dev/{} 0755 - - -\n", node.device.substr(0, slash));
    return fmt::format("{}{}! /dev/{} 0600 - - - {}\n", folder, node.type, node.device, node.numbers);
}

int static_nodes(const Invocation& invocation)
{
    std::string format = "human", output = "-";
    std::optional<int> over;
    read_modutils_options(invocation, "o:f:h", node_options, [&](int letter, const char* argument) {
        switch (letter) {
        case 'f': format = argument; break;
        case 'o': output = argument; break;
        case 'h':
            std::fputs(nodes_usage, stdout);
            over = 0;
            break;
        default: over = exit_status::failure;
        }
    });
    if (over) return *over;
    if (format != "human" && format != "tmpfiles" && format != "devname") {
        fmt::print(stderr, "Unknown format: '{}'.\n", format);
        return exit_status::failure;
    }
    const auto home = ModuleHome::of(invocation);
    const auto path = fmt::format("/lib/modules/{}/modules.devname", home.release());
    const auto text = read_conf_file(home.tree().host(path));
    if (!text && errno == ENOENT) {
        fmt::print(stderr, "Warning: {} not found - ignoring\n", path);
        return 0;
    }
    if (!text) {
        fmt::print(stderr, "Error: could not open {} - {}\n", path, std::strerror(errno));
        return exit_status::failure;
    }
    std::string made;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        Node node;
        std::string type;
        if (line.starts_with('#') || !(words >> node.module >> node.device >> type) || type.size() < 4) continue;
        node.type = type.substr(0, 1);
        node.numbers = type.substr(1);
        made += shown(node, format);
    }
    if (output == "-") {
        std::fwrite(made.data(), 1, made.size(), stdout);
        return 0;
    }
    std::ofstream file(output, std::ios::binary);
    file << made;
    file.close();
    if (file) return 0;
    fmt::print(stderr, "Error: could not create {} - {}\n", output, std::strerror(errno));
    return exit_status::failure;
}

} // namespace

int kmod_command(const Invocation& invocation)
{
    auto inner = invocation;
    if (inner.arguments.empty()) {
        std::fputs("missing command\n", stderr);
        std::fputs(usage, stderr);
        return exit_status::failure;
    }
    inner.name = inner.arguments.front();
    inner.arguments.erase(inner.arguments.begin());
    if (inner.name == "-V" || inner.name == "--version") return show_kmod_version(), 0;
    if (inner.name == "-h" || inner.name == "--help" || inner.name == "help") return std::fputs(usage, stdout), 0;
    if (inner.name == "list") return lsmod_command(inner);
    if (inner.name == "static-nodes") return static_nodes(inner);
    fmt::print(stderr, "invalid command '{}'\n", inner.name);
    std::fputs(usage, stderr);
    return exit_status::failure;
}

} // namespace retromod
