// SPDX-License-Identifier: Apache-2.0
#include "nodes/control/control.hh"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/errors.hh"
#include "sys/file.hh"
#include "sys/line.hh"
#include "sys/loop.hh"
#include "sys/stdio.hh"

namespace xconn::control {

using nlohmann::json;

namespace {

int fail(const std::string& program, const std::exception& error, int code) {
  std::fprintf(stderr, "%s: %s\n", program.c_str(), error.what());
  return code;
}

int run_until_signal(const Options& options, const std::function<void(sys::Loop&, const Options&)>& daemon) {
  std::signal(SIGPIPE, SIG_IGN);
  sys::Loop loop;
  boost::asio::signal_set ends(loop.io(), SIGTERM, SIGINT);
  ends.async_wait([&loop](const boost::system::error_code& error, int) {
    if (!error) loop.stop();
  });
  daemon(loop, options);
  return 0;
}

}  // namespace

int run(int argc, char** argv, const std::string& about,
        const std::function<void(sys::Loop&, const Options&)>& daemon) {
  sys::open_standard();
  Options options;
  CLI::App app{about};
  app.add_option("--config", options.config, "the configuration, JSON")->required();
  app.add_option("--socket", options.socket, "where to listen for control")->required();
  app.add_option("--name", options.name, "the node's name, for messages");
  CLI11_PARSE(app, argc, argv);
  const std::string program = app.get_name().empty() ? argv[0] : app.get_name();
  try {
    return run_until_signal(options, daemon);
  } catch (const HostError& error) {
    return fail(program, error, 4);
  } catch (const TopologyError& error) {
    return fail(program, error, 2);
  } catch (const std::exception& error) {
    return fail(program, error, 1);
  }
}

json read_config(const std::string& path) {
  try {
    return json::parse(sys::read_file(path));
  } catch (const json::exception& error) {
    throw Error(path + ": " + error.what());
  }
}

struct Control::State {
  State(sys::Loop& loop, const std::string& path, std::function<json()> state_of, std::function<void(const json&)> take)
      : read(std::move(state_of)),
        configure(std::move(take)),
        server(loop, path, 0600, [this](sys::Connection& client, const std::string& line) { serve(client, line); }) {}

  void serve(sys::Connection& client, const std::string& line) {
    const json request = json::parse(line, nullptr, false);
    const auto wanted = request.is_object() ? request.value("get", json()) : json();
    const std::string get = wanted.is_string() ? wanted.get<std::string>() : "";
    if (get == "state") {
      client.send(state());
    } else if (get == "subscribe") {
      subscribers.push_back(client.weak_from_this());
    } else if (configure && request.is_object() && request.contains("configure")) {
      client.send(configured(request.at("configure")));
    } else {
      client.send(R"({"error":"expected {\"get\":\"state\"} or {\"get\":\"subscribe\"}"})");
    }
  }

  /// A daemon goes on serving traffic when its own figures cannot be read, or another configuration is wrong.
  static std::string answer(const std::function<json()>& ask) {
    try {
      return ask().dump();
    } catch (const std::exception& error) {
      return json{{"error", error.what()}}.dump(-1, ' ', false, json::error_handler_t::replace);
    }
  }
  std::string state() const { return answer(read); }
  std::string configured(const json& config) const {
    return answer([&] {
      configure(config);
      return json{{"configured", true}};
    });
  }

  void send(const std::string& line) {
    std::erase_if(subscribers, [](const auto& subscriber) { return subscriber.expired(); });
    for (const auto& subscriber : subscribers) {
      if (const auto client = subscriber.lock(); client && client->is_open()) client->send(line);
    }
  }

  std::function<json()> read;
  std::function<void(const json&)> configure;
  std::vector<std::weak_ptr<sys::Connection>> subscribers;
  sys::LineServer server;
};

Control::Control(sys::Loop& loop, const std::string& path, std::function<json()> state,
                 std::function<void(const json&)> configure)
    : state_(std::make_unique<State>(loop, path, std::move(state), std::move(configure))) {}
Control::~Control() = default;

void Control::publish(Duration at, const std::string& event, const std::string& text, const json& more) {
  json line = {{"at", at.count()}, {"event", event}, {"text", text}};
  line.update(more);
  state_->send(line.dump());
}

void Control::publish(Duration at, const std::string& event, const std::string& text) {
  publish(at, event, text, json::object());
}

}  // namespace xconn::control
