#include "tests/crash/child.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace usher::crash {

Result<Child> Child::start(std::vector<std::string> words, Streams streams) {
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (streams.output >= 0)
        ::posix_spawn_file_actions_adddup2(&actions, streams.output, STDOUT_FILENO);
    if (streams.errors >= 0)
        ::posix_spawn_file_actions_adddup2(&actions, streams.errors, STDERR_FILENO);
    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) return system_fault(ExitCode::io, words[0], error);
    return Child{pid};
}

Child::~Child() {
    if (pid_ <= 0) return;
    kill();
    ::waitpid(pid_, nullptr, 0);
}

void Child::kill() const {
    if (const pid_t pid = pid_; pid > 0) ::kill(pid, SIGKILL);
}

Result<int> Child::wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0)
        if (errno != EINTR) return system_fault(ExitCode::io, "waiting for a program", errno);
    pid_ = 0;
    return status;
}

bool Child::was_killed(int status) {
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

}  // namespace usher::crash
