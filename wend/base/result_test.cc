// SPDX-License-Identifier: Apache-2.0
#include "wend/base/result.h"

#include <coroutine>
#include <memory>
#include <optional>
#include <utility>

#include <gtest/gtest.h>

namespace wend::base {
namespace {

Result<int> positive(int value) {
  if (value <= 0) {
    return fail(Code::kOutOfRange, "{} is not above zero", value);
  }
  return value;
}

Status check_positive(int value) {
  TRY(positive(value));
  return {};
}

Result<std::string> sum(int a, int b) {
  TRY(check_positive(a));
  const int total = TRY(positive(a)) + TRY(positive(b));
  return fmt::format("{}", total);
}

Result<std::unique_ptr<int>> boxed(int value) {
  return std::make_unique<int>(TRY(positive(value)));
}

Result<int> unboxed(int value) {
  const std::unique_ptr<int> box = TRY(boxed(value));
  return *box;
}

TEST(Try, GivesTheValueWhenThereIsOne) {
  EXPECT_EQ(sum(2, 3).value(), "5");
  EXPECT_EQ(unboxed(7).value(), 7);
}

TEST(Try, ReturnsTheFirstErrorOfTheExpression) {
  const Result<std::string> failed = sum(4, -3);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::kOutOfRange);
  EXPECT_EQ(failed.error().message, "-3 is not above zero");
  EXPECT_EQ(unboxed(0).error().message, "0 is not above zero");
}

TEST(Error, ReadsOutwardWhenContextIsAdded) {
  Error error{Code::kNotFound, "not found", {"x.bin", 3}};
  error = std::move(error).with_context("open 'x.bin'").with_context("load router");
  EXPECT_EQ(error.message, "load router: open 'x.bin': not found");
  EXPECT_EQ(error.code, Code::kNotFound);
  EXPECT_EQ(error.place.file, "x.bin");
  EXPECT_EQ(error.place.line, 3U);
}

TEST(FailAt, CarriesThePlaceBesideTheSentence) {
  const Status failed = fail_at({"x.jsonl", 7}, Code::kDataLoss, "{}:{}: no row", "x.jsonl", 7);
  EXPECT_EQ(failed.error().message, "x.jsonl:7: no row");
  EXPECT_EQ(failed.error().place.file, "x.jsonl");
  EXPECT_EQ(failed.error().place.line, 7U);
}

TEST(PassOn, CarriesAnErrorIntoAResultOfAnotherType) {
  const Result<std::string> plain = pass_on(positive(-1));
  const Result<std::string> told = pass_on(positive(-1), "read the count");
  EXPECT_EQ(plain.error().message, "-1 is not above zero");
  EXPECT_EQ(told.error().message, "read the count: -1 is not above zero");
}

TEST(Code, HasANameForMachines) {
  EXPECT_EQ(code_name(Code::kInvalidArgument), "invalid_argument");
  EXPECT_EQ(code_name(Code::kDataLoss), "data_loss");
}

/// The least coroutine that can await another and give a Result: it runs at once, to its end.
template <class T>
struct Eager {
  struct promise_type {
    std::optional<Result<T>> outcome;

    Eager get_return_object() {
      return Eager{std::coroutine_handle<promise_type>::from_promise(*this)};
    }

    std::suspend_never initial_suspend() noexcept { return {}; }

    std::suspend_always final_suspend() noexcept { return {}; }

    void unhandled_exception() { std::terminate(); }

    void return_value(Result<T> value) { outcome = std::move(value); }
  };

  explicit Eager(std::coroutine_handle<promise_type> the_handle) : handle(the_handle) {}

  // clang 14 asks for a move even where it elides it.
  Eager(Eager&& other) noexcept : handle(std::exchange(other.handle, nullptr)) {}

  Eager& operator=(Eager&&) = delete;

  ~Eager() {
    if (handle) {
      handle.destroy();
    }
  }

  bool await_ready() const { return true; }

  void await_suspend(std::coroutine_handle<>) const {}

  Result<T> await_resume() const { return *handle.promise().outcome; }

  std::coroutine_handle<promise_type> handle;
};

Eager<int> later(int value) {
  co_return positive(value);
}

Eager<std::string> later_sum(int a, int b) {
  CO_TRY_ASSIGN(const int first, co_await later(a));
  CO_TRY_ASSIGN(const int second, co_await later(b));
  auto awaited = co_await later(1);
  const int third = CO_TRY(std::move(awaited));
  co_return fmt::format("{}", first + second + third);
}

TEST(CoTry, GivesTheValueOfWhatWasAwaited) {
  EXPECT_EQ(later_sum(2, 3).await_resume().value(), "6");
}

TEST(CoTry, EndsTheCoroutineWithTheErrorOfWhatWasAwaited) {
  const Result<std::string> failed = later_sum(2, -9).await_resume();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "-9 is not above zero");
}

}  // namespace
}  // namespace wend::base
