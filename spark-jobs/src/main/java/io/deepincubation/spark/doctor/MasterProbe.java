package io.deepincubation.spark.doctor;

import io.deepincubation.core.text.FirstLine;
import io.deepincubation.spark.cluster.Masters;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Knocks at a standalone master, for which Spark itself would wait a minute. */
public final class MasterProbe {

  private MasterProbe() {}

  /**
   * What is wrong with the way to a master; empty where one answers, and where there is none to
   * knock at.
   *
   * @param master its address
   * @param deadline for all
   */
  public static Optional<Examination> trouble(String master, Duration deadline) {
    List<Masters.Address> addresses = Masters.standalone(master);
    var failures = new ArrayList<String>();
    for (Masters.Address address : addresses) {
      try (var socket = new Socket()) {
        int millis = Math.toIntExact(deadline.toMillis() / addresses.size());
        socket.connect(new InetSocketAddress(address.host(), address.port()), millis);
        return Optional.empty();
      } catch (IOException e) {
        failures.add(address.host() + ":" + address.port() + ": " + FirstLine.of(e));
      }
    }
    return failures.isEmpty() ? Optional.empty() : Optional.of(silent(failures));
  }

  private static Examination silent(List<String> failures) {
    return new Examination(
        "cluster",
        "",
        List.of(
            Finding.fail(
                "master",
                "no master answers at " + String.join(", ", failures),
                "start the master, or check the address that --master gives, and the network")));
  }
}
