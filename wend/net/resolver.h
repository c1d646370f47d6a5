// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "wend/base/result.h"
#include "wend/base/task.h"
#include "wend/net/cancel.h"
#include "wend/net/dns_cache.h"

namespace wend::net {

/// The addresses of a name, found out by blocking; called on threads of its own.
using Lookup = std::function<base::Result<Addresses>(const std::string& name)>;

/// As the system does it: /etc/hosts, DNS. kUnavailable: no such name, or nobody who knows.
base::Result<Addresses> system_lookup(const std::string& name);

/// Names to addresses for one I/O thread, cached. A lookup has a thread of its own, which is left
/// behind when it hangs: it can neither be stopped nor must it hold up other names or our end.
class Resolver {
 public:
  Resolver(boost::asio::io_context& context, Lookup lookup);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// Those who ask for one name at one time share its lookup. kDeadlineExceeded when `until` comes
  /// first.
  base::Task<base::Result<Addresses>> resolve(std::string name,
                                              Instant until,
                                              CancelSource& cancel);

 private:
  struct Shared;
  struct Question;

  static void look(const std::shared_ptr<Shared>& shared,
                   const Lookup& lookup,
                   const std::string& name);
  std::shared_ptr<Question> ask(const std::string& name);
  void answer(const std::string& name, base::Result<Addresses> found);

  boost::asio::io_context& context_;
  std::shared_ptr<Shared> shared_;  ///< With the threads that are still looking.
  Lookup lookup_;
  DnsCache cache_;
  std::map<std::string, std::shared_ptr<Question>> questions_;
};

}  // namespace wend::net
