// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/modern/modern_kernel.h"

namespace retromod {

/// A struct kernel_param with what the loader needs of its operations. Since 3.x {name, mod, ops, u16 perm, s8 level,
/// u8 flags, arg}; in 2.6.17 {name, unsigned perm, set, get, arg}.
struct ModernKernel::Parameter {
    std::string name;
    std::string kind;         ///< of the kernel's own operations: "int", "array"; empty: the module's
    GuestAddr operations;     ///< struct kernel_param_ops, or the set function
    GuestAddr setter;
    bool needs_no_value = false;
    bool is_unsafe = false;
    std::uint32_t permissions = 0;
    GuestAddr variable;
    GuestAddr at;

    /// struct kparam_array of an array's variable.
    struct Array {
        std::uint32_t most = 0, element_bytes = 0;
        GuestAddr count, operations, elements;
    };
    Array array(const AddressSpace& memory) const
    {
        const auto word = memory.arch().word_bytes;
        Array array{memory.load<std::uint32_t>(variable), memory.load<std::uint32_t>(variable + 4), {}, {}, {}};
        if (word == 8) {
            array.count = memory.load_pointer(variable + 8);
            array.operations = memory.load_pointer(variable + 16);
            array.elements = memory.load_pointer(variable + 24);
        } else { // {max, num, set, get, elemsize, elem}
            array.count = memory.load_pointer(variable + 4);
            array.operations = memory.load_pointer(variable + 8);
            array.element_bytes = memory.load<std::uint32_t>(variable + 16);
            array.elements = memory.load_pointer(variable + 20);
        }
        return array;
    }
};

} // namespace retromod
