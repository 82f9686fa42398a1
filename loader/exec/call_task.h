// SPDX-License-Identifier: GPL-2.0-or-later
// A program's system call as a coroutine, so that its checks read in order although it may sleep in the guest in the middle.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace retromod::exec {

/// A coroutine that starts at once or when it is awaited, and goes on with whoever awaits it when it is over.
template <class T>
class CallTask {
public:
    struct promise_type {
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

    /// Begins the outermost one.
    void start() { handle_.resume(); }
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

} // namespace retromod::exec
