// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/errno.h"

#include <optional>
#include <utility>
#include <variant>

namespace retromod {

/// Success without a value, for ErrnoOr<Done>.
struct Done {};

/// A value, or the error that took its place.
template <class T>
class [[nodiscard]] ErrnoOr {
public:
    ErrnoOr(T value) : content_(std::in_place_index<0>, std::move(value)) {}
    ErrnoOr(Errno error) : content_(std::in_place_index<1>, error) {}

    explicit operator bool() const { return content_.index() == 0; }
    Errno error() const { return std::get<1>(content_); }
    T& operator*() { return std::get<0>(content_); }
    const T& operator*() const { return std::get<0>(content_); }
    T* operator->() { return &std::get<0>(content_); }
    const T* operator->() const { return &std::get<0>(content_); }

private:
    std::variant<T, Errno> content_;
};

} // namespace retromod
