// SPDX-License-Identifier: GPL-2.0-or-later
// Where the records of loads come from.
#pragma once

#include "loader/api/session.h"
#include "loader/report/load_record.h"

#include <span>
#include <string>
#include <vector>

namespace retromod {

/// Loads a module as modutils' insmod does, on a machine up to 2.4, and notes all of it. The machine keeps the module. Where insmod
/// or the kernel refuses, the image is shown as it would have been. A file that cannot be read or is no module gives a record
/// without sections that says so.
LoadRecord record_old_load(Session& session, const std::string& file, const std::vector<std::string>& arguments);

/// The same on a machine since 2.6, as kmod's insmod does.
LoadRecord record_modern_load(Session& session, const std::string& file, const std::vector<std::string>& arguments);

/// The modules of a machine as they are there, the newest first. Up to 2.4 their sections are those that insmod's own symbols name.
std::vector<LoadRecord> record_loaded_modules(Session& session);

// --- parts of them ----------------------------------------------------------------------------------------------------

/// A symbol with its final address.
struct PlacedSymbol {
    std::string name;
    std::uint64_t address = 0;
    std::string section;
};

/// "2.4.20 on i386".
std::string machine_name(Session& session);

/// Splits the code of an image that lies at `base` into functions, and finds the relocations of each instruction. Sorts the
/// record's sections by address. Code beyond a limit is named, not disassembled.
void add_functions(LoadRecord& record, const Cpu& cpu, std::span<const std::byte> image, std::vector<PlacedSymbol> symbols);

/// What an address means: a symbol there, else a section and an offset; empty where nothing is known.
std::string meaning_of(const LoadRecord& record, std::span<const PlacedSymbol> symbols, std::uint64_t address);

/// The kernel's list of modules up to 2.4, with what each uses.
std::vector<ShownModule> modules_of(Kernel& kernel);
/// The same since 2.6.
std::vector<ShownModule> modern_modules_of(Session& session);

} // namespace retromod
