// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/guest_addr.h"

#include <cstdint>
#include <string>
#include <vector>

namespace retromod {

/// A section of a loaded module.
struct LoadedSection {
    std::string name;
    GuestAddr address{};
    std::uint64_t size = 0;      ///< bytes
    std::uint64_t flags = 0;     ///< SHF_*
    std::uint64_t alignment = 0; ///< bytes
};

/// A symbol of a loaded module, at its final address.
struct LoadedSymbol {
    std::string name;
    GuestAddr address{};
    std::uint64_t size = 0; ///< bytes; 0 when the file does not say
    std::uint8_t binding = 0;
    std::uint8_t type = 0;
    std::string section; ///< "" for an absolute one
};

/// A symbol that the kernel, another module or a stub supplied.
struct ResolvedImport {
    enum class Provider : std::uint8_t { kernel, module, stub };
    std::string name; ///< as the provider spells it, version included
    GuestAddr address{};
    Provider provider = Provider::kernel;
    std::string module{}; ///< of Provider::module
};

struct SetParameter {
    std::string name;
    std::string value; ///< as given
};

/// What insmod did and knows of a module: for tracing, explaining, and for giving names to addresses.
struct LoadReport {
    std::string name; ///< of the module
    std::string file;
    GuestAddr base{};
    std::uint64_t size = 0;              ///< bytes asked of create_module
    std::vector<LoadedSection> sections; ///< loaded ones, as they lie in memory
    std::vector<LoadedSymbol> symbols;   ///< of loaded sections, and absolute; section and file symbols left out
    std::vector<ResolvedImport> imports;
    std::vector<std::string> unresolved;
    std::vector<std::string> dependencies; ///< modules that supplied a symbol
    std::vector<SetParameter> parameters;
    bool refused_parameter = false; ///< a parameter was wrong: insmod made no call
    std::vector<std::string> explanations; ///< our own sentence for each fault of the file
};

} // namespace retromod
