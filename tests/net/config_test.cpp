// What usherd is told, by file and by flag: what comes of it, and every mistake with its place.
#include "config.h"

#include <gtest/gtest.h>

#include <fstream>

#include "command_line.h"
#include "tests/net/harness.h"

namespace usher {
namespace {

using net::testing::TemporaryDirectory;

Surroundings machine() {
    Surroundings at;
    at.hardware_cores = 4;
    at.home = "/home/anna";
    return at;
}

struct Told {
    Config config;
    std::vector<std::string> errors;
};

Told told(const std::string& toml, const Settings& flags = {}, const Surroundings& at = machine()) {
    const TemporaryDirectory directory;
    const auto path = directory.path("usherd.toml");
    std::ofstream(path) << toml;
    Settings settings;
    ConfigErrors errors;
    read_config_file(path, settings, errors);
    Told result;
    result.config = settle(override_settings(settings, flags), at, errors);
    for (const auto& error : errors) {
        auto text = error.text();
        if (text.starts_with(path)) text = "FILE" + text.substr(path.size());
        result.errors.push_back(text);
    }
    return result;
}

std::vector<std::string> endpoints(const Config& config) {
    std::vector<std::string> lines;
    for (const auto& address : config.listen) lines.push_back(net::endpoint_line(address));
    return lines;
}

using Lines = std::vector<std::string>;

TEST(Config, HasADefaultForEverything) {
    const auto [config, errors] = told("");
    EXPECT_EQ(errors, Lines{});
    EXPECT_EQ(config.data_dir, "/home/anna/.local/state/usher");
    EXPECT_EQ(endpoints(config),
              (Lines{"unix /home/anna/.local/state/usher/usherd.sock", "tcp 127.0.0.1:7447"}));
    EXPECT_EQ(config.durability, shard::Durability::synced);
    EXPECT_EQ(config.clock, shard::ClockMode::wall);
    EXPECT_EQ(config.cores, 4u);
    EXPECT_EQ(config.shards, 3u);
}

TEST(Config, TakesTheDirectoriesThatTheEnvironmentNames) {
    auto at = machine();
    at.xdg_state_home = "/x";
    EXPECT_EQ(told("", {}, at).config.data_dir, "/x/usher");
    at.state_directory = "/var/lib/usher:/var/lib/other";
    at.runtime_directory = "/run/usher";
    const auto config = told("", {}, at).config;
    EXPECT_EQ(config.data_dir, "/var/lib/usher");
    EXPECT_EQ(endpoints(config), (Lines{"unix /run/usher/usherd.sock", "tcp 127.0.0.1:7447"}));
}

TEST(Config, ReadsEveryKey) {
    const auto [config, errors] = told(R"(
data_dir = "/d"
listen = ["127.0.0.1:0", "unix:/s"]
admin = "off"
durability = "written"
clock = "trace"
cores = 2
core_endpoints = true
spin = true
shards = 5
snapshot_journal_mib = 1
snapshot_minutes = 0
log_level = "debug"
[limits]
connections_max = 7
idle_seconds = 9
)");
    EXPECT_EQ(errors, Lines{});
    EXPECT_EQ(config.data_dir, "/d");
    EXPECT_EQ(endpoints(config), (Lines{"tcp 127.0.0.1:0", "unix /s"}));
    EXPECT_EQ(config.durability, shard::Durability::written);
    EXPECT_EQ(config.clock, shard::ClockMode::trace);
    EXPECT_EQ(config.cores, 2u);
    EXPECT_TRUE(config.spin);
    EXPECT_TRUE(config.core_endpoints);
    EXPECT_EQ(config.shards, 5u);
    EXPECT_TRUE(config.shards_given);
    EXPECT_EQ(config.snapshot_journal_mib, 1u);
    EXPECT_EQ(config.snapshot_minutes, 0u);
    EXPECT_EQ(config.log_level, net::log::Level::debug);
    EXPECT_EQ(config.limits.connections_max, 7u);
    EXPECT_EQ(config.limits.idle_seconds, 9u);
    EXPECT_EQ(config.limits.frame_seconds, net::Limits{}.frame_seconds);
}

TEST(Config, GivesFlagsTheLastWord) {
    Settings flags;
    flags.data_dir = "/flag";
    flags.listen = {"127.0.0.1:1"};
    flags.durability = "memory";
    flags.cores = 1;
    const auto [config, errors] = told(
        "data_dir = '/file'\nlisten = '127.0.0.1:2'\ndurability = 'nonsense'\ncores = 3", flags);
    EXPECT_EQ(errors, Lines{});
    EXPECT_EQ(config.data_dir, "/flag");
    EXPECT_EQ(endpoints(config), Lines{"tcp 127.0.0.1:1"});
    EXPECT_EQ(config.durability, shard::Durability::memory);
    EXPECT_EQ(config.cores, 1u);
    EXPECT_EQ(config.shards, 1u);
}

struct Mistake {
    const char* name;
    const char* toml;
    const char* said;
};
class ConfigMistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(ConfigMistakes, AreToldWithTheirPlaceAndAHint) {
    const auto errors = told(GetParam().toml).errors;
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0].substr(0, std::string(GetParam().said).size()), GetParam().said);
}

INSTANTIATE_TEST_SUITE_P(
    All, ConfigMistakes,
    ::testing::Values(
        Mistake{"misspelt", "\ndata_dri = '/x'",
                "FILE:2:1: unknown key 'data_dri' (did you mean data_dir?)"},
        Mistake{"unheard_of", "frobnicate = 1",
                "FILE:1:1: unknown key 'frobnicate' (known here: data_dir, listen"},
        Mistake{"twice", "cores = 1\ncores = 2", "FILE:2:"},
        Mistake{"no_toml", "cores = = 2", "FILE:1:9: "},
        Mistake{"nested", "listen = [[[[[[[[[[[[[[[[[", "FILE:1:26: "},
        Mistake{"letters_beyond_ascii", "cores = 2 \u00e9", "FILE:1:11: "},
        Mistake{"text_for_number", "cores = 'two'",
                "FILE:1:9: cores: is of the wrong type (write a whole number)"},
        Mistake{"number_for_text", "data_dir = 7",
                "FILE:1:12: data_dir: is of the wrong type (write a text in quotes)"},
        Mistake{"number_for_switch", "spin = 1",
                "FILE:1:8: spin: is of the wrong type (write true or false)"},
        Mistake{"fraction", "cores = 1.5", "FILE:1:9: cores: is of the wrong type"},
        Mistake{"too_small", "cores = 0", "FILE:1:9: cores: is 0 (a number from 1 to 64)"},
        Mistake{"too_large", "shards = 65", "FILE:1:10: shards: is 65 (a number from 1 to 64)"},
        Mistake{"no_journal", "snapshot_journal_mib = 0",
                "FILE:1:24: snapshot_journal_mib: is 0 (a number from 1 to 1048576)"},
        Mistake{"minutes", "snapshot_minutes = 10081",
                "FILE:1:20: snapshot_minutes: is 10081 (a number from 0 to 10080)"},
        Mistake{"negative", "shards = -1", "FILE:1:10: shards: is -1"},
        Mistake{"word", "durability = 'sync'",
                "FILE:1:14: durability: is 'sync' (one of memory, written, synced)"},
        Mistake{"clock", "clock = 'sun'", "FILE:1:9: clock: is 'sun' (one of wall, trace)"},
        Mistake{"log_level", "log_level = 'loud'", "FILE:1:13: log_level: is 'loud'"},
        Mistake{"admin", "admin = '127.0.0.1:7448'",
                "FILE:1:9: admin: is '127.0.0.1:7448' (this release has no admin endpoint"},
        Mistake{"listen_type", "listen = 7447", "FILE:1:10: listen: is of the wrong type"},
        Mistake{"listen_entry", "listen = [7447]", "FILE:1:11: listen: is of the wrong type"},
        Mistake{"listen_empty", "listen = []", "FILE:1:10: listen: is empty"},
        Mistake{"listen_address", "listen = ['nowhere']",
                "FILE:1:10: listen: 'nowhere' has no port"},
        Mistake{"listen_open", "listen = ['0.0.0.0:7447']",
                "FILE:1:10: listen: '0.0.0.0:7447' is reachable from other machines (there is no "
                "authentication yet"},
        Mistake{"listen_twice", "listen = ['127.0.0.1:1', '127.0.0.1:1']",
                "FILE:1:10: listen: '127.0.0.1:1' is named twice"},
        Mistake{"limit_misspelt", "[limits]\nidle_second = 1",
                "FILE:2:1: unknown key 'idle_second' (did you mean idle_seconds?)"},
        Mistake{"limit_range", "[limits]\nframe_bytes_max = 2000000",
                "FILE:2:19: frame_bytes_max: is 2000000 (a number from 1024 to 1048576)"},
        Mistake{"limits_type", "limits = 3", "FILE:1:10: limits: is of the wrong type"}),
    [](const auto& param) { return param.param.name; });

TEST(Config, TellsAllMistakesAtOnce) {
    EXPECT_EQ(
        told("cores = 0\nshards = 'x'\nwhat = 1\ndurability = 'y'\n[limits]\nz = 1").errors.size(),
        5u);
}

TEST(Config, SaysThatAFileIsMissing) {
    Settings settings;
    ConfigErrors errors;
    read_config_file("/no/such/file.toml", settings, errors);
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0].text().find("/no/such/file.toml: "), 0u);
    EXPECT_NE(errors[0].text().find("must exist"), std::string::npos);
    read_config_file("/", settings, errors);
    ASSERT_EQ(errors.size(), 2u);
    EXPECT_NE(errors[1].text().find("must exist"), std::string::npos);
}

Surroundings machine_of(std::uint32_t cores) {
    auto at = machine();
    at.hardware_cores = cores;
    return at;
}

TEST(Config, LetsCoresSpinWhereOneIsToSpare) {
    EXPECT_FALSE(told("").config.spin);
    EXPECT_FALSE(told("spin = false\ncores = 4").config.spin);
    for (const auto* toml : {"spin = true", "spin = true\ncores = 3"}) {
        const auto [config, errors] = told(toml);  // four cores are there
        EXPECT_EQ(errors, Lines{});
        EXPECT_TRUE(config.spin);
        EXPECT_EQ(config.cores, 3u);  // also where nobody said how many
        EXPECT_EQ(config.shards, 2u);
    }
    EXPECT_EQ(told("spin = true", {}, machine_of(2)).errors, Lines{});
    EXPECT_EQ(told("spin = true", {}, machine_of(2)).config.cores, 1u);
}

TEST(Config, RefusesToSpinWithoutACoreToSpareAndSaysHowManyThereAre) {
    EXPECT_EQ(told("data_dir = '/d'\nspin = true\ncores = 4").errors,
              Lines{"FILE:2:8: spin: needs 5 cores (4 that spin, 1 for everything else), this "
                    "process may use 4 (fewer cores, or no spin)"});
    EXPECT_EQ(told("spin = true", {}, machine_of(1)).errors,
              Lines{"FILE:1:8: spin: needs 2 cores (1 that spin, 1 for everything else), this "
                    "process may use 1 (leave it out)"});
    Settings flags;
    flags.spin = true;
    EXPECT_EQ(told("cores = 9", flags).errors.size(), 1u);
    flags.spin = false;
    EXPECT_EQ(told("spin = true\ncores = 9", flags).errors, Lines{});
}

TEST(Config, WantsADataDirectoryFromSomebody) {
    Settings settings;
    ConfigErrors errors;
    settings.listen = {"127.0.0.1:0"};
    settle(settings, {}, errors);
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_NE(errors[0].text().find("--data-dir"), std::string::npos);
}

ParsedCommandLine parsed(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "usherd");
    return parse_command_line(static_cast<int>(arguments.size()), arguments.data(), "usherd 1");
}

TEST(CommandLine, TakesAddressesOneByOne) {
    const auto line = parsed({"--listen", "127.0.0.1:1", "--listen", "unix:/s", "--cores", "2"});
    EXPECT_FALSE(line.exit_code);
    EXPECT_EQ(line.command.flags.listen, (std::vector<std::string>{"127.0.0.1:1", "unix:/s"}));
    EXPECT_EQ(line.command.flags.cores, 2u);
    EXPECT_FALSE(line.command.flags.shards);
    // What is not said does not override the file.
    EXPECT_FALSE(line.command.flags.core_endpoints.has_value());
    EXPECT_FALSE(line.command.flags.spin.has_value());
    EXPECT_EQ(parsed({"--core-endpoints"}).command.flags.core_endpoints, true);
    EXPECT_EQ(parsed({"--spin"}).command.flags.spin, true);
}

TEST(CommandLine, EndsWithSixtyFourWhenUsedWrongly) {
    for (const auto& wrong : {parsed({"--frobnicate"}), parsed({"--cores", "many"}),
                              parsed({"stray"}), parsed({"--data-dir"})}) {
        EXPECT_EQ(wrong.exit_code, 64);
        EXPECT_NE(wrong.error.find("usherd --help"), std::string::npos);
    }
}

TEST(CommandLine, ShowsVersionAndHelp) {
    EXPECT_EQ(parsed({"--version"}).output, "usherd 1\n");
    EXPECT_EQ(parsed({"--version"}).exit_code, 0);
    EXPECT_NE(parsed({"--help"}).output.find("--check-config"), std::string::npos);
    EXPECT_EQ(parsed({"--help"}).exit_code, 0);
}

}  // namespace
}  // namespace usher
