// SPDX-License-Identifier: GPL-2.0-or-later
// Lines of modules.conf and modules.dep: comments, continuations.
#include "loader/modules/conf_lines.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <sys/stat.h>

namespace retromod {
namespace {

constexpr std::string_view blanks = " \t\n\v\f\r";

std::string_view without_end(std::string_view line)
{
    const auto last = line.find_last_not_of(blanks);
    return last == std::string_view::npos ? std::string_view{} : line.substr(0, last + 1);
}

} // namespace

std::string_view ConfLines::take_physical_line()
{
    auto length = rest_.find('\n');
    length = length == std::string_view::npos ? rest_.size() : length + 1;
    length = std::min(length, longest_);
    const auto line = rest_.substr(0, length);
    rest_.remove_prefix(length);
    ++number_;
    return line.substr(0, line.find('\0'));
}

std::optional<std::string> ConfLines::next()
{
    if (rest_.empty()) return std::nullopt;
    std::string joined;
    for (bool continues = false; !rest_.empty();) {
        auto line = take_physical_line();
        line = without_end(line.substr(0, line.find('#')));
        if (continues) {
            const auto text = line.find_first_not_of(blanks);
            if (text != 0 && text != std::string_view::npos) {
                joined += ' ';
                line.remove_prefix(text);
            }
        }
        if (!line.ends_with('\\')) return joined.append(line);
        line.remove_suffix(1);
        joined += line;
        if (line.ends_with('\\')) return joined; // two of them stand for one
        continues = true;
    }
    return joined;
}

std::optional<std::string> read_conf_file(const std::string& host_path)
{
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(host_path.c_str(), "rbe"),
                                                               [](std::FILE* f) { return f ? std::fclose(f) : 0; });
    if (!file) return std::nullopt;
    struct stat status{};
    if (::fstat(fileno(file.get()), &status) == 0 && !S_ISREG(status.st_mode)) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
        return std::nullopt;
    }
    std::string text;
    char buffer[65536];
    for (std::size_t got; (got = std::fread(buffer, 1, sizeof buffer, file.get())) > 0;) {
        text.append(buffer, got);
        if (text.size() > largest_conf_file) {
            errno = EFBIG;
            return std::nullopt;
        }
    }
    return text;
}

} // namespace retromod
