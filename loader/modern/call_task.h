// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

// A system call of the in-kernel loader as a coroutine, so that its checks read in the kernel's order although a load may
// wait for another one, or call into the module, in the middle:
//
//     CallTask<std::int64_t> ModernKernel::load_module(...) {
//         ...
//         const auto result = co_await CallGuest{init, {}, 0, "init"};

#include "emu/kernel/thread.h"

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace retromod {

/// What the coroutines of one call share: where they stand and what they last asked the kernel for.
struct CallState {
    std::coroutine_handle<> leaf; ///< the innermost coroutine, which waits
    Step wanted = Return{};
    std::uint64_t answer = 0;     ///< of the guest function that was called
};

/// A part of a call. It starts when it is awaited, or by `start` at the outermost level.
template <class T>
class CallTask {
public:
    struct promise_type {
        CallState* state = nullptr;
        std::coroutine_handle<> continuation;
        std::optional<T> value;
        std::exception_ptr failure;

        CallTask get_return_object() { return CallTask(std::coroutine_handle<promise_type>::from_promise(*this)); }
        std::suspend_always initial_suspend() noexcept { return {}; }
        auto final_suspend() noexcept
        {
            struct Back {
                bool await_ready() noexcept { return false; }
                std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> done) noexcept
                {
                    const auto next = done.promise().continuation;
                    return next ? next : std::noop_coroutine();
                }
                void await_resume() noexcept {}
            };
            return Back{};
        }
        void return_value(T result) { value = std::move(result); }
        void unhandled_exception() { failure = std::current_exception(); }

        /// What every await inside goes through, so that the parts of a call know its state.
        template <class Awaited>
        decltype(auto) await_transform(Awaited&& awaited)
        {
            if constexpr (std::is_constructible_v<Step, Awaited>) {
                struct Ask {
                    CallState* state;
                    bool await_ready() { return false; }
                    void await_suspend(std::coroutine_handle<promise_type> self) { state->leaf = self; }
                    std::uint64_t await_resume() { return state->answer; }
                };
                state->wanted = std::forward<Awaited>(awaited);
                return Ask{state};
            } else {
                awaited.handle_.promise().state = state;
                return std::forward<Awaited>(awaited);
            }
        }
    };

    explicit CallTask(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
    CallTask(CallTask&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    CallTask& operator=(CallTask&& other) noexcept
    {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~CallTask()
    {
        if (handle_) handle_.destroy();
    }

    bool await_ready() const { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting)
    {
        handle_.promise().continuation = waiting;
        return handle_;
    }
    T await_resume() { return take(); }

    /// Begins the outermost part.
    void start(CallState& state)
    {
        handle_.promise().state = &state;
        handle_.resume();
    }
    bool done() const { return handle_.done(); }
    /// The result; throws what the coroutine threw.
    T take()
    {
        auto& promise = handle_.promise();
        if (promise.failure) std::rethrow_exception(promise.failure);
        return std::move(*promise.value);
    }

private:
    std::coroutine_handle<promise_type> handle_;
};

} // namespace retromod
