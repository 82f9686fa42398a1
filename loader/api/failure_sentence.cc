// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/api/failure_sentence.h"

#include "emu/kernel/trouble.h"
#include "emu/memory/memory_fault.h"
#include "loader/scenario/json_sentence.h"

#include <fmt/format.h>

#include <new>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <typeinfo>
#include <variant>

namespace retromod {
namespace {

constexpr std::string_view damaged = "a module damaged what the kernel keeps, or the machine is damaged (`retromod fsck`)";

std::string_view verb(Access access)
{
    return access == Access::read ? "read" : access == Access::write ? "written" : "executed";
}

/// A library's own exception, not one that we gave a text.
bool is_of_a_library(const std::exception& error)
{
    const auto& type = typeid(error);
    return type == typeid(std::length_error) || type == typeid(std::out_of_range) || type == typeid(std::bad_cast)
           || type == typeid(std::bad_optional_access) || type == typeid(std::bad_variant_access) || type == typeid(std::exception);
}

} // namespace

std::string failure_sentence()
try {
    throw;
} catch (const KernelFault& fault) {
    return fmt::format("guest memory at {:#x} cannot be {}: {}", fault.fault.address.value, verb(fault.fault.access), damaged);
} catch (const KernelHang& hang) {
    return fmt::format("{}: {}", hang.what, damaged);
} catch (const KernelBug& bug) {
    return fmt::format("{}: {}", bug.what, damaged);
} catch (const std::bad_alloc&) {
    return "out of memory";
} catch (const nlohmann::json::exception& error) {
    return json_sentence(error);
} catch (const std::exception& error) {
    return is_of_a_library(error) ? "it met a value that it cannot hold, and gave up" : error.what();
} catch (...) {
    return "it gave up for a reason that it cannot say";
}

} // namespace retromod
