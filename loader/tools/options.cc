// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/options.h"

#include "loader/tools/terminal.h"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace retromod {

/// Help whose usage line goes on with what CLI11 knows no name of.
class UsageFormatter : public CLI::Formatter {
public:
    std::string make_usage(const CLI::App* app, std::string name) const override
    {
        auto line = CLI::Formatter::make_usage(app, std::move(name));
        if (!tail.empty()) line.insert(line.find_last_not_of('\n') + 1, " " + tail);
        return line;
    }
    /// What an option means, within the terminal.
    std::string make_option_desc(const CLI::Option* option) const override
    {
        constexpr std::size_t least = 20, widest = 100;
        const auto text = CLI::Formatter::make_option_desc(option);
        if (!columns) return text;
        const auto room = std::clamp<std::size_t>(columns - std::min<std::size_t>(columns, get_column_width()), least, widest);
        std::string lines;
        std::size_t used = 0;
        for (std::size_t at = 0; at < text.size();) {
            const auto end = std::min(text.find(' ', at), text.size());
            if (used && used + 1 + end - at > room) lines += '\n', used = 0;
            else if (used) lines += ' ', ++used;
            lines += text.substr(at, end - at);
            used += end - at;
            at = end + 1;
        }
        return lines;
    }
    std::string tail;
    std::size_t columns = 0; ///< of the terminal; 0: there is none
};

struct Options::Parser {
    CLI::App app;
    std::shared_ptr<UsageFormatter> formatter = std::make_shared<UsageFormatter>();
};

Options::Options(const Invocation& invocation) : invocation_(invocation), parser_(std::make_unique<Parser>())
{
    const auto* command = find_command(invocation.name);
    parser_->app.description(command ? std::string(command->summary) : "");
    parser_->app.name("retromod " + invocation.name);
    parser_->app.formatter(parser_->formatter);
    parser_->formatter->columns = terminal_columns(0);
}

Options::~Options() = default;

Options& Options::flag(const std::string& names, bool& into, const std::string& help)
{
    parser_->app.add_flag(names, into, help);
    return *this;
}

Options& Options::value(const std::string& names, std::string& into, const std::string& help)
{
    parser_->app.add_option(names, into, help)->capture_default_str();
    return *this;
}

Options& Options::value(const std::string& names, std::optional<std::string>& into, const std::string& help)
{
    parser_->app.add_option_function<std::string>(names, [&into](const std::string& text) { into = text; }, help);
    return *this;
}

Options& Options::value(const std::string& names, std::uint64_t& into, const std::string& help)
{
    parser_->app.add_option(names, into, help)->capture_default_str();
    return *this;
}

Options& Options::choice(const std::string& names, std::string& into, std::vector<std::string> allowed,
                         const std::string& help)
{
    parser_->app.add_option(names, into, help)->check(CLI::IsMember(std::move(allowed)))->capture_default_str();
    return *this;
}

Options& Options::positional(const std::string& name, std::string& into, const std::string& help)
{
    parser_->app.add_option(name, into, help)->required();
    return *this;
}

Options& Options::positional(const std::string& name, std::uint64_t& into, const std::string& help)
{
    parser_->app.add_option(name, into, help)->required();
    return *this;
}

Options& Options::values(const std::string& name, std::vector<std::string>& into, const std::string& help)
{
    parser_->app.add_option(name, into, help)->allow_extra_args(false);
    return *this;
}

Options& Options::positionals(const std::string& name, std::vector<std::string>& into, const std::string& help)
{
    parser_->app.add_option(name, into, help)->required();
    return *this;
}

Options& Options::words(const std::string& name, std::vector<std::string>& into, const std::string& help)
{
    parser_->app.add_option(name, into, help);
    return *this;
}

Options& Options::rest(const std::string& name, std::vector<std::string>& into, const std::string& help)
{
    parser_->app.positionals_at_end(false);
    parser_->app.prefix_command();
    parser_->app.footer(name + ": " + help);
    usage_tail(name);
    rest_ = &into;
    return *this;
}

Options& Options::usage_tail(const std::string& tail)
{
    parser_->formatter->tail = tail;
    return *this;
}

/// For the first option that is not known: the nearest that is.
std::string Options::suggestion() const
{
    std::vector<std::string> known;
    for (const auto* option : parser_->app.get_options())
        for (const auto& name : option->get_lnames()) known.push_back("--" + name);
    for (const auto& word : parser_->app.remaining()) {
        if (!word.starts_with("--")) continue;
        const auto near = nearest_word(word.substr(0, word.find('=')), known);
        return near.empty() ? near : ", did you mean " + near + "?";
    }
    return "";
}

std::optional<int> Options::parse()
{
    auto reversed = invocation_.arguments;
    std::ranges::reverse(reversed); // as CLI11 takes them
    try {
        parser_->app.parse(reversed);
    } catch (const CLI::CallForHelp&) {
        std::fputs(parser_->app.help().c_str(), stdout);
        return 0;
    } catch (const CLI::ExtrasError& error) {
        complain(invocation_.name + ": " + error.what() + suggestion());
        return exit_status::usage;
    } catch (const CLI::ParseError& error) {
        complain(invocation_.name + ": " + error.what());
        return exit_status::usage;
    }
    if (rest_) *rest_ = parser_->app.remaining();
    return std::nullopt;
}

} // namespace retromod
