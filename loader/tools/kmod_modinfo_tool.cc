// SPDX-License-Identifier: GPL-2.0-or-later
// modinfo of modules since 2.6: options and texts are kmod 30's; loader/modules does the work.
#include "loader/elf/module_file.h"
#include "loader/modern/signature_facts.h"
#include "loader/modules/kmod_depmod.h"
#include "loader/modules/kmod_modinfo.h"
#include "loader/modules/kmod_modprobe.h"

#include "loader/tools/kmod_tools.h"
#include "loader/tools/module_home.h"
#include "loader/tools/modutils_options.h"
#include "loader/tools/tool_voice.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace retromod {
namespace {

// Source: kmod 30 tools/modinfo.c.
constexpr const char* usage = "Usage:\n"
                              "\tmodinfo [options] <modulename|filename> [args]\n"
                              "Options:\n"
                              "\t-a, --author                Print only 'author'\n"
                              "\t-d, --description           Print only 'description'\n"
                              "\t-l, --license               Print only 'license'\n"
                              "\t-p, --parameters            Print only 'parm'\n"
                              "\t-n, --filename              Print only 'filename'\n"
                              "\t-0, --null                  Use \\0 instead of \\n\n"
                              "\t-m, --modname               Handle argument as module name instead of alias or filename\n"
                              "\t-F, --field=FIELD           Print only provided FIELD\n"
                              "\t-k, --set-version=VERSION   Use VERSION instead of `uname -r`\n"
                              "\t-b, --basedir=DIR           Use DIR as filesystem root for /lib/modules\n"
                              "\t-V, --version               Show version\n"
                              "\t-h, --help                  Show this help\n";

constexpr option long_options[] = {
    {"author", no_argument, nullptr, 'a'},     {"description", no_argument, nullptr, 'd'},
    {"license", no_argument, nullptr, 'l'},    {"parameters", no_argument, nullptr, 'p'},
    {"filename", no_argument, nullptr, 'n'},   {"null", no_argument, nullptr, '0'},
    {"modname", no_argument, nullptr, 'm'},    {"field", required_argument, nullptr, 'F'},
    {"set-version", required_argument, nullptr, 'k'}, {"basedir", required_argument, nullptr, 'b'},
    {"version", no_argument, nullptr, 'V'},    {"help", no_argument, nullptr, 'h'}, {},
};

struct Line {
    KmodModinfoOptions options;
    bool by_name = false;
    std::string release, base;
    std::vector<std::string> words;
};

std::optional<int> read_line(const Invocation& invocation, Line& line)
{
    std::optional<int> over;
    line.words = read_modutils_options(invocation, "adlpn0mF:k:b:Vh", long_options, [&](int letter, const char* argument) {
        if (over) return;
        switch (letter) {
        case 'a': line.options.field = "author"; break;
        case 'd': line.options.field = "description"; break;
        case 'l': line.options.field = "license"; break;
        case 'p': line.options.field = "parm"; break;
        case 'n': line.options.field = "filename"; break;
        case '0': line.options.separator = '\0'; break;
        case 'm': line.by_name = true; break;
        case 'F': line.options.field = argument; break;
        case 'k': line.release = argument; break;
        case 'b': line.base = argument; break;
        case 'V':
            show_kmod_version();
            over = 0;
            break;
        case 'h':
            std::fputs(usage, stdout);
            over = 0;
            break;
        default: over = exit_status::failure;
        }
    });
    return over;
}

std::string hex_lines(std::span<const std::byte> bytes, bool in_lines)
{
    constexpr std::size_t in_a_line = 20;
    std::string text;
    for (std::size_t index = 0; index < bytes.size(); ++index) {
        text += fmt::format("{:02X}", std::to_integer<unsigned>(bytes[index]));
        if (index + 1 == bytes.size()) break;
        text += ':';
        if (in_lines && index % in_a_line == in_a_line - 1) text += "\n\t\t";
    }
    return text;
}

ExtraFields signature_fields(std::span<const std::byte> image)
{
    const auto facts = signature_facts(image);
    if (!facts) return {};
    return {{"sig_id", "PKCS#7"},
            {"signer", facts->signer},
            {"sig_key", hex_lines(facts->key, false)},
            {"sig_hashalgo", facts->hash},
            {"signature", hex_lines(facts->signature, true)}};
}

/// Prints one file; false: it cannot be.
bool show_file(const std::string& host_path, const std::string& path, const KmodModinfoOptions& options, const Speech& speech)
{
    const auto show = [](const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); };
    const auto refuse = [&] { // the file's name was printed by then
        if (options.field.empty()) show(fmt::format("{:<16}{}{}", "filename:", path, options.separator));
        speech.error(fmt::format("ERROR: could not get modinfo from '{}': {}", kmod_name_of(path), std::strerror(ENOEXEC)));
        return false;
    };
    const auto file = read_module_file(host_path, Unpacks::everything);
    if (!file) return refuse();
    const auto elf = ElfFile::open(file->bytes);
    if (!elf) return refuse();
    show(kmod_modinfo_text(path, Modinfo(*elf), signature_fields(file->bytes), options));
    return true;
}

bool is_module_path(const std::string& word)
{
    return word.find('/') != word.npos || word.ends_with(".ko") || word.find(".ko.") != word.npos;
}

} // namespace

int kmod_modinfo_command(const Invocation& invocation)
{
    Line line;
    if (const auto over = read_line(invocation, line)) return *over;
    ToolVoice voice("modinfo", ToSyslog::no);
    const auto& speech = voice.speech();
    if (line.words.empty()) {
        speech.error("ERROR: missing module or filename.");
        return exit_status::failure;
    }
    const auto home = ModuleHome::of(invocation);
    const FileTree tree(line.base.empty() ? home.tree().root() : home.tree().of_user(line.base));
    const KmodIndexes indexes(tree, "/lib/modules/" + (line.release.empty() ? home.release() : line.release));
    int status = 0;
    for (const auto& word : line.words) {
        std::error_code error;
        const auto host = home.tree().of_user(word);
        if (!line.by_name && is_module_path(word) && std::filesystem::is_regular_file(host, error)) {
            if (!show_file(host, std::filesystem::absolute(word).lexically_normal(), line.options, speech))
                status = exit_status::failure;
            continue;
        }
        auto name = normalized_alias(word).value_or(word);
        std::vector<std::string> names{name};
        if (!line.by_name && !indexes.dependencies(name)) {
            names.clear();
            for (const auto& value : indexes.by_alias(name)) names.push_back(value.text);
        }
        bool found = false;
        for (const auto& module : names) {
            const auto path = kmod_module_path(indexes, module);
            if (path.empty()) continue;
            found = true;
            if (!show_file(tree.host(path), path, line.options, speech)) status = exit_status::failure;
        }
        if (found) continue;
        speech.error(fmt::format("ERROR: Module {} not found.", word));
        status = exit_status::failure;
    }
    return status;
}

} // namespace retromod
