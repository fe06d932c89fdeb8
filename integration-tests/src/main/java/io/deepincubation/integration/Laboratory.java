package io.deepincubation.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A place to try the all-jar in: a store with one bucket, the gateway before it, and a Spark
 * distribution that is configured for them. A cluster may be added.
 */
public final class Laboratory implements AutoCloseable {

  /** The bucket that is there. */
  public static final String BUCKET = "lake";

  private final Path folder;
  private final S3Keys keys = S3Keys.fresh();
  private final S3Server store;
  private final FaultyGateway gateway;
  private final SparkHome home;
  private final List<StandaloneCluster> clusters = new ArrayList<>();

  /**
   * Starts a store.
   *
   * @param name of a folder for all files, emptied now, kept afterwards
   * @param line of Spark
   * @param defaults Spark's, added to those of the store
   */
  public Laboratory(String name, SparkLine line, Map<String, String> defaults) {
    folder = emptied(Path.of("target/laboratory", name).toAbsolutePath());
    store = new S3Server(folder.resolve("store"), keys);
    store.bucket(BUCKET);
    gateway = new FaultyGateway(store.port());
    var all = new HashMap<>(storeSettings(gateway.port()));
    all.put("spark.hadoop.fs.s3a.access.key", keys.access());
    all.put("spark.hadoop.fs.s3a.secret.key", keys.secret());
    all.putAll(defaults);
    home = SparkHome.create(folder.resolve("spark-home"), line, all);
  }

  private static Map<String, String> storeSettings(int port) {
    return Map.of(
        "spark.hadoop.fs.s3a.endpoint", "http://127.0.0.1:" + port,
        "spark.hadoop.fs.s3a.endpoint.region", "us-east-1",
        "spark.hadoop.fs.s3a.path.style.access", "true",
        "spark.hadoop.fs.s3a.connection.ssl.enabled", "false");
  }

  private static Path emptied(Path folder) {
    try {
      if (Files.exists(folder)) {
        delete(folder, file -> true);
      }
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot empty " + folder, e);
    }
  }

  private static void delete(Path folder, Predicate<Path> which) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(which).sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Starts a cluster of workers with a core and a GPU each. */
  public StandaloneCluster cluster(int workers) {
    var cluster = new StandaloneCluster(home, folder.resolve("cluster"), workers);
    clusters.add(cluster);
    return cluster;
  }

  /** The keys that the store takes. */
  public S3Keys keys() {
    return keys;
  }

  /** The store. */
  public S3Server store() {
    return store;
  }

  /** What stands before the store. */
  public FaultyGateway gateway() {
    return gateway;
  }

  /** The Spark distribution. */
  public SparkHome home() {
    return home;
  }

  /** A file or folder on this machine for the test. */
  public Path file(String name) {
    return folder.resolve(name);
  }

  /** The folder of all that processes say. */
  public Path logs() {
    return folder.resolve("logs");
  }

  /** The URI of an object or folder of the bucket. */
  public String uri(String name) {
    return "s3a://" + BUCKET + "/" + name;
  }

  /** The same as a file of the store. */
  public Path object(String name) {
    return store.bucket(BUCKET).resolve(name);
  }

  /** Ends all processes. Their files stay, but for the jar's copies: one of 125 MB an executor. */
  @Override
  public void close() {
    clusters.forEach(StandaloneCluster::close);
    gateway.close();
    store.close();
    try {
      delete(folder, Laboratory::isCopyOfJar);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete jars in " + folder, e);
    }
  }

  /** Whether Spark copied it: to an executor's or driver's folder, and to a cache before that. */
  private static boolean isCopyOfJar(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".jar") || name.endsWith("_cache");
  }
}
