package io.deepincubation.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * An S3-compatible store that checks signatures, a process of its own. A folder of the machine
 * holds its buckets, so a test can look at every object as a file.
 */
public final class S3Server implements AutoCloseable {

  private static final Duration START = Duration.ofMinutes(1);

  private final Path folder;
  private final S3Keys keys;
  private final int port = Ports.free();
  private LocalProcess process;

  /**
   * Starts a store.
   *
   * @param folder for its buckets, configuration and logs
   * @param keys that it takes
   */
  public S3Server(Path folder, S3Keys keys) {
    this.folder = folder;
    this.keys = keys;
    try {
      Files.createDirectories(folder.resolve("buckets"));
      Files.writeString(configuration(), SparkHome.properties(settings()).replace(' ', '='));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot set up a store in " + folder, e);
    }
    process = launch();
  }

  private Map<String, String> settings() {
    return Map.of(
        "s3proxy.endpoint",
        endpoint(),
        "s3proxy.authorization",
        "aws-v2-or-v4",
        "s3proxy.identity",
        keys.access(),
        "s3proxy.credential",
        keys.secret(),
        "jclouds.provider",
        "filesystem",
        "jclouds.filesystem.basedir",
        folder.resolve("buckets").toString());
  }

  private Path configuration() {
    return folder.resolve("s3proxy.conf");
  }

  private LocalProcess launch() {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-Xmx512m",
            "-jar",
            Artefacts.s3Proxy().toString(),
            "--properties",
            configuration().toString());
    LocalProcess started = LocalProcess.start("s3", command, Map.of(), folder);
    Await.untilTrue("the store on port " + port, START, this::answers);
    return started;
  }

  private boolean answers() {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Its address without the gateway. */
  public String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  /** The port that it listens on. */
  public int port() {
    return port;
  }

  /**
   * Makes a bucket.
   *
   * @return its folder
   */
  public Path bucket(String name) {
    try {
      return Files.createDirectories(folder.resolve("buckets").resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make bucket " + name, e);
    }
  }

  /** Kills it in the middle of whatever it does, and starts it again with what it holds. */
  public void restart() {
    process.close();
    process = launch();
  }

  @Override
  public void close() {
    process.close();
  }
}
