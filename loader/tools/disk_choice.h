// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/api/session.h"

#include <optional>
#include <string>

namespace retromod {

/// Adds an image file of the host to the machine as a disk: "hda" ... "hdd", "fd0" ... "fd3"; without a name as the first that
/// is free of hda ... hdd. Its name. std::runtime_error says why not, by file and value.
std::string add_disk(Session& session, const std::string& file, const std::optional<std::string>& name, bool writes_through);

} // namespace retromod
