// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/api/session.h"
#include "loader/legacy/insmod.h"

#include <string>

/// What a load said and how it ended.
struct Loaded {
    retromod::InsmodResult result;
    std::string out, err;
};

/// The path of a kept sample module. Tests run from the top of the tree.
inline std::string sample(const std::string& name, const std::string& arch = "i386")
{
    return "images/built/" + arch + "/" + name + ".o";
}

/// insmod of a sample, or of any path.
inline Loaded load(retromod::Session& session, const std::string& path, std::vector<std::string> arguments = {})
{
    Loaded loaded;
    retromod::InsmodOptions options;
    options.file = path;
    options.arguments = std::move(arguments);
    loaded.result = retromod::insmod(options, session.calls(), session.system(),
                                     {[&](std::string_view text) { loaded.out += text; },
                                      [&](std::string_view text) { loaded.err += text; }});
    return loaded;
}
