// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/arch.h"
#include "emu/abi/release.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

namespace layouts {
class Placer;
}

/// The compiler a kernel and its modules were built with; gcc before 3 gives an empty structure 4 bytes.
enum class Compiler : std::uint8_t { gcc_2_95, gcc_3 };

/// Where one member of a structure lies. Sizes and offsets in bytes.
struct Field {
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
};

/// One member with its names, for people.
struct MemberLayout {
    std::string_view name; ///< "wait.task_list" for a member of a nested anonymous structure
    std::string type;      ///< the C type, as facts about the kernel spell it
    Field field;
};

/// The kernel structures of one release as one architecture's compiler lays them out; computed when first asked for, so
/// a set is cheap to make. Not for use by several threads at once.
/// Measured: i386 in all five layout versions, x86_64 in 2.4.22 and 2.4.37.11, the others in 2.4.37.11. Other combinations follow
/// from the same rows and are estimates, best where a structure has no parts of its own per architecture. Source: include/linux of
/// the release; alignment rules of the architecture's psABI.
class LayoutSet {
public:
    /// `highmem`: of a kernel with CONFIG_HIGHMEM.
    LayoutSet(const Arch& arch, LayoutVersion version, bool smp, Compiler compiler, bool highmem = false);

    /// sizeof `structure` ("struct module", "atomic_t", "kdev_t"). Asking for one that the release lacks is a bug:
    /// std::out_of_range.
    std::uint32_t size(std::string_view structure) const;
    bool has(std::string_view structure) const;
    bool has(std::string_view structure, std::string_view member) const;

    /// Where `member` lies; std::out_of_range when there is none.
    Field field(std::string_view structure, std::string_view member) const;

    /// All members in order of declaration; empty when the release lacks the structure.
    const std::vector<MemberLayout>& members(std::string_view structure) const;

    /// The names of all structures that this set has.
    std::vector<std::string_view> structures() const;

    const Arch& arch() const { return *arch_; }

private:
    const Arch* arch_;
    std::shared_ptr<layouts::Placer> placer_; // computes on first use and keeps; copies of a set share it
};

} // namespace retromod
