// A state with a bit of everything in it, for tests of images.
#pragma once

#include <gtest/gtest.h>

#include "tests/engine/world.h"

namespace usher::testing {

inline constexpr const char* rich_roster = R"(
[account]
key = "acme"
seed = 7
time_zone = "Europe/Stockholm"
[[skill]]
key = "billing"
[[skill]]
key = "french"
[[team]]
key = "t"
[[team]]
key = "vip"
[[agent]]
key = "a"
seat = "service"
main_team = "t"
availability = "available"
skills = ["billing"]
capacity = { total = 3, email = 2 }
[[agent]]
key = "b"
seat = "service"
main_team = "t"
extra_teams = ["vip"]
hours = ["mon-fri 09:00-17:00"]
absences = [{ from = "2026-07-01T00:00", until = "2026-07-15T00:00" }]
[[agent]]
key = "c"
seat = "sales"
main_team = "vip"
availability = "away"
[[pipeline]]
key = "p"
statuses = [
  { key = "new", open = true, actions = [ { do = "email", template = "x" } ] },
  { key = "done", open = false } ]
on_customer_reply = "new"
[[inbox]]
key = "desk"
workspace = "helpdesk"
[[inbox]]
key = "talk"
workspace = "conversations"
teams = ["vip"]
[[channel]]
key = "mail"
kind = "email"
inbox = "desk"
pipeline = "p"
status = "new"
properties = { brand = "acme" }
  [[channel.skill_rule]]
  when = { brand = "acme" }
  require = ["billing"]
  [channel.rule]
  assign_to = "users_and_teams"
  teams = ["t"]
  distribution = "round_robin"
  queue = true
[[channel]]
key = "phone"
kind = "calling"
inbox = "talk"
  [channel.opening]
  hours = ["mon-fri 08:00-18:00"]
  closed_days = ["2026-12-24"]
  in_hours_message = "all-busy"
  after_hours_message = "closed"
  [channel.rule]
  assign_to = "users_and_teams"
  users = ["c"]
  queue = true
[[channel]]
key = "whatsapp"
kind = "whatsapp"
inbox = "talk"
  [channel.rule]
  assign_to = "customer_agent"
    [channel.rule.fallback]
    assign_to = "users_and_teams"
    teams = ["vip"]
[[channel]]
key = "form"
kind = "form"
inbox = "desk"
  [channel.rule]
  assign_to = "team_only"
  teams = ["t"]
)";

/// A state with a bit of everything in it.
class Rich {
  public:
    Rich() : world(rich_roster) {
        for (
            const auto* line :
            {R"({"do":"route","ticket":"m1","channel":"mail"})",
             R"({"do":"route","ticket":"m2","channel":"mail","key":"once"})",
             R"({"do":"route","ticket":"m3","channel":"mail","skills":["french"]})",
             R"({"do":"route","ticket":"a key of more than sixteen bytes","channel":"mail"})",
             R"({"do":"route","ticket":"p1","channel":"phone"})",
             R"({"do":"route","ticket":"w1","channel":"whatsapp","contact_owner":"a"})",
             R"({"do":"route","ticket":"f1","channel":"form","linked_ticket":"w1"})",
             R"({"do":"close","ticket":"f1"})", R"({"do":"route","ticket":"x","channel":"form"})",
             R"({"do":"close","ticket":"x"})",
             R"({"do":"capacity","agent":"b","total":5,"key":"twice"})",
             R"({"do":"absence","agent":"c","from":"2026-05-01T00:00:00Z","until":"2026-05-02T00:00:00Z"})"})
            world.send(line);
        EXPECT_GE(account().line.size(), 2U);
        EXPECT_EQ(account().kept.size(), 2U);
    }

    /// To be changed by whoever wants another image: the bytes are right, their sense is not.
    engine::Account& account() { return *world.engine.accounts().front(); }

    World world;
};

}  // namespace usher::testing
