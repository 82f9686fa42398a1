// SPDX-License-Identifier: GPL-2.0-or-later
// Who a program is in the guest.
#pragma once

#include <cstdint>

namespace retromod::exec {

/// The identities of a task, of users or of groups. Source: struct task_struct of linux/sched.h.
struct Identities {
    std::uint32_t real = 0, effective = 0, saved = 0, file_system = 0;
};

struct Credentials {
    Identities user, group;

    /// Has the capabilities of root, as 2.2 and 2.4 give them to whoever is effectively user 0.
    bool is_privileged() const { return user.effective == 0; }
    static Credentials of(std::uint32_t id) { return {{id, id, id, id}, {id, id, id, id}}; }
};

} // namespace retromod::exec
