// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>

#include "wend/base/metrics.h"
#include "wend/base/result.h"
#include "wend/store/store.h"

namespace wend::serve {

/// Keeps decisions in the store on a thread of its own. The queue before it is bounded: what finds
/// it full is dropped and counted, and the request knows nothing of it.
class Recorder {
 public:
  struct Counters {
    base::Counter kept;
    base::Counter dropped;
    base::Counter failed;  ///< Could not be written.
  };

  Recorder(std::unique_ptr<store::Store> store, std::size_t queue, Counters counters);
  /// Writes what still waits.
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// Announces a decision whose record will follow, so that its owner, who asks early, can wait.
  void begin(const std::string& id, const std::string& owner);
  /// `render` makes the row of that decision, on the recorder's thread.
  void put(const std::string& id, std::function<store::DecisionRow()> render);

  enum class Lookup { kFound, kUnknown, kUnderWay };

  struct Found {
    Lookup state = Lookup::kUnknown;
    store::DecisionRow row;  ///< Of one under way the owner alone.
  };

  /// From any thread but it reads the store: not for I/O threads.
  base::Result<Found> find(std::string_view id);

 private:
  struct Pending {
    std::string id;
    std::function<store::DecisionRow()> render;
  };

  void work();
  void write(const std::deque<Pending>& batch);

  std::unique_ptr<store::Store> store_;
  std::size_t bound_;
  Counters counters_;
  std::mutex mutex_;
  std::mutex store_mutex_;
  std::condition_variable ready_;
  std::deque<Pending> queue_;
  std::unordered_map<std::string, std::string> under_way_;  ///< Announced, not written: its owner.
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace wend::serve
