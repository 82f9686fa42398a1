// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/guest_addr.h"

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

namespace retromod {

/// What addresses mean in a session that is recorded.
struct RecordedAddresses {
    struct Module {
        std::string label;
        std::uint64_t bytes = 0;
    };
    std::map<std::uint64_t, Module> modules;      ///< by base
    std::map<std::uint64_t, std::string> symbols; ///< of the kernel, by address
};

/// An i386 image as a scenario's `init` step has it: header members by name, then the body. Words that hold an address of
/// a module or a symbol are written by its name: absolute ones, and the operands of call and jump instructions.
/// `base` is where the image is going to lie; `addresses` knows that module.
nlohmann::ordered_json image_text(std::span<const std::byte> image, GuestAddr base, const RecordedAddresses& addresses);

} // namespace retromod
