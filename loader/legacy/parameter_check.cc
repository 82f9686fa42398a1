// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/parameter_format.h"
#include "loader/legacy/parameters.h"

#include <fmt/format.h>

namespace retromod {
namespace {

enum class Verdict { good, persistent, bad };

/// Judges one declaration; says what is wrong with it. Only the first two texts begin with "Warning:".
class DeclarationCheck {
public:
    DeclarationCheck(const Object& object, std::string_view file, Messages& messages)
        : object_(object), file_(file), messages_(messages)
    {
    }

    Verdict check(std::string_view name, std::string_view declaration)
    {
        if (!object_.symbols().find(name))
            return warn(fmt::format("Warning: {} symbol for parameter {} not found", file_, name));
        const auto format = parse_parameter_format(declaration);
        if (format.max < format.min) return warn(fmt::format("Warning: {} parameter {} has max < min!", file_, name));
        Cursor type{format.type};
        switch (type.peek()) {
        case 'c':
            if (!is_digit(type.peek_next()))
                return warn(fmt::format("{} parameter {} has no size after 'c'!", file_, name));
            while (is_digit(type.peek_next())) type.next();
            break;
        case 'b':
        case 'h':
        case 'i':
        case 'l':
        case 's': break;
        case '\0': return warn(fmt::format("{} parameter {} has no format character!", file_, name));
        default:
            return warn(fmt::format("{} parameter {} has unknown format character '{}'", file_, name, type.peek()));
        }
        const bool string = type.peek() == 's';
        type.next();
        if (type.at_end()) return Verdict::good;
        if (type.peek() != 'p')
            return warn(fmt::format("{} parameter {} has unknown format modifier '{}'", file_, name, type.peek()));
        if (!string) return Verdict::persistent;
        messages_.error(fmt::format("parameter {} is invalid persistent string", name));
        return Verdict::bad;
    }

private:
    const Object& object_;
    std::string_view file_;
    Messages& messages_;

    Verdict warn(std::string_view text)
    {
        messages_.warn(text);
        return Verdict::bad;
    }
};

} // namespace

bool check_parameter_declarations(const Object& object, const Modinfo& modinfo, std::string_view file,
                                  Messages& messages)
{
    constexpr std::string_view parameter = "parm_";
    constexpr std::string_view description = "parm_desc_";
    bool persistent = false;
    DeclarationCheck check(object, file, messages);
    for (const auto& entry : modinfo.entries()) {
        if (!entry.key.starts_with(parameter)) continue;
        if (!entry.has_value) {
            messages.error(fmt::format("parameter {} found with no value", entry.key));
            return false;
        }
        if (entry.key.starts_with(description) && entry.key.size() > description.size()) continue;
        const auto verdict = check.check(entry.key.substr(parameter.size()), entry.value);
        if (verdict == Verdict::bad) return false;
        persistent |= verdict == Verdict::persistent;
    }
    return persistent;
}

} // namespace retromod
