// SPDX-License-Identifier: GPL-2.0-or-later
// What a page shows of one load: everything is text and numbers by then, whichever ABI it was.
#pragma once

#include "emu/abi/arch.h"
#include "emu/abi/event_sink.h"
#include "loader/explain/call_checks.h"
#include "loader/link/relocate.h"

#include <optional>
#include <string>
#include <vector>

namespace retromod {

/// A section where it lies in memory.
struct ShownSection {
    std::string name;
    std::uint64_t address = 0;
    std::uint64_t size = 0; ///< bytes
    std::string what;       ///< "code", "data", "read only"
};

/// A member of struct module.
struct ShownMember {
    std::string name;
    std::uint64_t offset = 0, size = 0; ///< bytes
    std::optional<std::uint64_t> given; ///< as the loader handed it over
    std::optional<std::uint64_t> now;   ///< as it is in the kernel after the call
    std::string meaning;                ///< the symbol or section that it points to
    bool is_pointer = false;
};

/// A module in the kernel's list.
struct ShownModule {
    std::string name;
    std::string line;              ///< its line of /proc/modules, without the name
    std::vector<std::string> uses; ///< names of modules
    bool is_subject = false;       ///< the one that the page is about
};

/// A check of a call, with the values that it saw.
struct ShownCheck {
    std::string text;
    CheckState state = CheckState::not_reached;
    std::string detail; ///< the values, or the kernel's sentence where it refused
};

/// Something that happened, in order.
struct Moment {
    enum class Kind : std::uint8_t { program, said, call, guest, exported, fault, end } kind = Kind::program;
    unsigned depth = 0;      ///< calls around it
    std::string text = {};   ///< "init_module(\"hello\", {1124 bytes})"
    std::string result = {}; ///< "0", "EINVAL"; empty where there is none
    bool failed = false;
    Grade grade = Grade::full; ///< of an export
    std::uint64_t times = 1;   ///< how often in a row
    std::vector<ShownCheck> checks = {};
    std::vector<std::string> log = {}; ///< what the kernel logged in it
};

/// One instruction.
struct ShownInstruction {
    std::uint64_t address = 0;
    std::string text;
    std::vector<std::size_t> relocations; ///< into LoadRecord::relocations
};

/// The code from one symbol to the next.
struct ShownFunction {
    std::string section, name;
    std::uint64_t address = 0;
    std::uint64_t size = 0;             ///< bytes
    std::vector<ShownInstruction> code; ///< empty: left out, there is too much of it
};

/// A load, or a module that is loaded.
struct LoadRecord {
    std::string title;   ///< "hello.o"
    std::string machine; ///< "2.4.20 on i386"
    std::string abi;     ///< who links: "user space links, the kernel checks" or the other way round
    const Arch* arch = nullptr;
    bool refused = false;
    std::string verdict;              ///< a sentence
    std::vector<std::string> reasons; ///< what explains a refusal
    std::vector<std::string> notes;   ///< what of this page is not as the load was
    std::uint64_t base = 0, size = 0;
    std::uint64_t header = 0;           ///< address of struct module
    std::vector<ShownSection> sections; ///< by address; none: the file could not be read as a module
    std::vector<ShownMember> members;
    std::vector<AppliedRelocation> relocations;
    std::vector<ShownModule> modules;
    std::vector<Moment> moments;
    std::uint64_t moments_left_out = 0;
    std::vector<std::string> log; ///< of the kernel, where no moments are known
    std::vector<ShownFunction> functions;
};

} // namespace retromod
