# Runs test files with minitest and reports every test on descriptor 4, each line after the nonce that came on descriptor 3.
BOX = "/box/"
given = IO.for_fd(3)
nonce = given.gets.chomp
given.close

require "json"
require "minitest"
require "minitest/mock"
require "minitest/spec"

module Minitest
  def self.autorun; end # we run them

  class CandorReporter < AbstractReporter
    attr_reader :report

    def initialize(nonce)
      super()
      out = IO.for_fd(4)
      out.sync = true
      write, generate = out.method(:write), JSON.method(:generate)
      @report = lambda do |state, seconds, *fields|
        write.call("\n#{nonce} #{generate.call([state, (seconds * 1000).round, *fields.map { |f| f.to_s.dup.force_encoding("UTF-8").scrub.gsub(BOX, "") }])}\n")
      end
    end

    def record(result)
      state = result.passed? ? "pass" : result.skipped? ? "skip" : result.error? ? "error" : "fail"
      @report.call(state, result.time, "#{result.klass}##{result.name}", result.name, result.source_location[0], result.failures.map(&:message).join("\n"))
    end
  end
end

reporter = Minitest::CandorReporter.new(nonce)
# What decides cannot be redefined any more.
[Minitest::Assertions, Minitest::Expectations, Minitest::Test, Minitest::Result, Minitest::Reportable, Minitest::CandorReporter, Minitest::Runnable].each do |owner|
  owner.freeze if owner != Minitest::Runnable
end
$LOAD_PATH.push("/box")
ARGV.each do |file|
  load BOX + file
rescue ScriptError, StandardError => e
  reporter.report.call("broken", 0, file, file, file, e.full_message(highlight: false))
end
srand(1)
Minitest.seed = 1 if Minitest.respond_to?(:seed=)
Minitest.__run(reporter, {seed: 1})
reporter.report.call("end", 0, "", "", "", "")
exit!(0)
