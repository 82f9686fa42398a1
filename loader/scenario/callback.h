// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/arch.h"

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace retromod {

/// One operation of a module's callback, whatever the architecture. There is one accumulator: what `load` gives, what
/// `store` stores, and what a return without a value returns.
struct CallbackOperation {
    enum class Kind : std::uint8_t {
        return_nothing, ///< to the caller, with what the accumulator holds
        return_value,   ///< with `value` as an int
        stop,           ///< a breakpoint
        add,            ///< `value` to the number at `address`
        set_bits,       ///< those of `value`, in the number at `address`
        load,           ///< the accumulator from `address`
        store,          ///< the accumulator to `address`
        store_value,    ///< `value` to `address`
    };
    Kind kind = Kind::return_nothing;
    std::uint64_t address = 0;
    std::uint64_t value = 0;
    unsigned bytes = 4; ///< size of the number at `address`: 4, or a machine word
};

/// An operation's name in scenario files, and which operands follow it there.
struct CallbackForm {
    std::string_view name;
    CallbackOperation::Kind kind;
    bool has_address, has_value;
};
std::span<const CallbackForm> callback_forms();

/// Whether callbacks can be written for that architecture.
bool has_callbacks(const Arch& arch);

/// Machine code of `operations` on `arch`, which must have callbacks.
std::vector<std::byte> assemble_callback(std::span<const CallbackOperation> operations, const Arch& arch);

/// Length of the architecture's breakpoint instruction, bytes.
unsigned breakpoint_bytes(const Arch& arch);

/// The i386 code of a scenario (the list that is a body item's `code`, or its `hex`) as a list of operations in the form of
/// scenario files, addresses and values as the code has them; nothing when it is other code than scenarios use.
std::optional<nlohmann::json> read_i386_callback(const nlohmann::json& code);

} // namespace retromod
