package io.deepincubation.spark.storage;

import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.text.Causes;
import io.deepincubation.core.text.FirstLine;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.spark.package$;
import scala.util.Properties;

/** What a file system's failure means, and what to do about it. */
public final class StorageFailure {

  /** A kind of failure: how to know it among the causes, and what to say. */
  private record Kind(Predicate<Throwable> matches, Function<Throwable, String> says) {
    Kind(Predicate<Throwable> matches, String meaning) {
      this(matches, failure -> meaning);
    }
  }

  private static final Pattern NO_SUCH_FORMAT =
      Pattern.compile("(?i)failed to find (?:the )?data source: ([\\w.-]+?)\\.?(?:\\s|$)");

  private static final List<Kind> KINDS =
      List.of(
          new Kind(
              named("UnknownStoreException"),
              "there is no such bucket; create it, or check its name"),
          new Kind(
              named("AccessDeniedException", "AccessControlException"),
              "access denied; check the credentials that Spark was given, and what they may do"
                  + " there"),
          new Kind(
              named("NoAuthWithAWSException", "CredentialInitializationException")
                  .or(says("no aws credentials", "unable to load credentials")),
              "no credentials; set them in Spark's configuration (spark.hadoop.fs.s3a.*) or give"
                  + " the machine a role"),
          new Kind(
              UnsupportedFileSystemException.class::isInstance,
              "no file system is set up for it; add its connector with --packages, such as"
                  + " org.apache.hadoop:hadoop-aws of the version of Spark's Hadoop for s3a"),
          new Kind(
              failure ->
                  failure instanceof ClassNotFoundException
                      || failure instanceof NoClassDefFoundError,
              StorageFailure::missingClass),
          new Kind(
              UnknownHostException.class::isInstance,
              "the host is unknown; check the URI, the endpoint in Spark's configuration, and the"
                  + " network"),
          new Kind(
              failure ->
                  failure instanceof ConnectException
                      || failure instanceof NoRouteToHostException
                      || failure instanceof SocketTimeoutException,
              "no connection; check that the service runs, its address, and the network"),
          new Kind(
              named(
                  "DSQuotaExceededException", "NSQuotaExceededException", "QuotaExceededException"),
              "the quota is used up; free space or ask for more"),
          new Kind(
              named("DiskErrorException").or(says("no space left")),
              "the disk is full; free space or choose another folder"),
          new Kind(
              named("ParentNotDirectoryException", "FileAlreadyExistsException")
                  .or(says("not a directory")),
              "a file is where a folder should be; check the path"),
          new Kind(
              FileNotFoundException.class::isInstance, "there is no such file; check the path"));

  /** Where Spark's formats that it does not bring itself come from, by a part of their names. */
  private static final Map<String, String> RUNTIMES =
      Map.of(
          "delta", "io.delta:delta-spark_SCALA",
          "iceberg", "org.apache.iceberg:iceberg-spark-runtime-SPARK_SCALA",
          "hudi", "org.apache.hudi:hudi-sparkSPARK-bundle_SCALA",
          "avro", "org.apache.spark:spark-avro_SCALA");

  private StorageFailure() {}

  /**
   * The exception for a failure of Spark's own readers, where a file system refused or a format's
   * reader is missing; empty where it is what lies there that cannot be read.
   *
   * @param verb what was tried, such as {@code read}
   * @param uri of what
   * @param failure with the file system's exception among its causes
   */
  public static Optional<RuntimeException> among(String verb, String uri, Exception failure) {
    Optional<String> format = missingFormat(failure);
    if (format.isPresent()) {
      return Optional.of(
          new UsageException(
              String.format(
                  Locale.ROOT,
                  "Cannot %s %s: Spark has no reader of the format %s; add %s",
                  verb,
                  withoutSecret(uri),
                  format.get(),
                  runtime(format.get()))));
    }
    boolean refused = Causes.of(failure).noneMatch(FileNotFoundException.class::isInstance);
    return refused && known(failure).isPresent()
        ? Optional.of(of(verb, uri, failure))
        : Optional.empty();
  }

  /** The exception for a failed operation. */
  public static StorageException of(String verb, String uri, Exception failure) {
    return new StorageException(
        String.format(Locale.ROOT, "Cannot %s %s: %s", verb, withoutSecret(uri), meaning(failure)),
        failure);
  }

  private static String meaning(Exception failure) {
    return known(failure)
        .orElseGet(() -> said(failure) + "; check the path and the file system's state");
  }

  private static Optional<String> known(Exception failure) {
    return KINDS.stream()
        .flatMap(kind -> Causes.of(failure).filter(kind.matches()).map(kind.says()))
        .findFirst();
  }

  private static String missingClass(Throwable failure) {
    String name = String.valueOf(failure.getMessage()).replace('/', '.');
    boolean connector =
        Stream.of("FileSystem", "AbstractFileSystem", ".fs.", "amazonaws", "awssdk")
            .anyMatch(name::contains);
    return connector
        ? "its connector is not on Spark's class path; add it with --packages, such as"
            + " org.apache.hadoop:hadoop-aws of the version of Spark's Hadoop for s3a"
        : "class " + name + " is not on Spark's class path; add " + runtime(name);
  }

  /** The name of a format that Spark does not know, in its own words. */
  private static Optional<String> missingFormat(Exception failure) {
    return Causes.of(failure)
        .map(cause -> NO_SUCH_FORMAT.matcher(String.valueOf(cause.getMessage())))
        .filter(Matcher::find)
        .map(found -> found.group(1))
        .findFirst();
  }

  /** The package that has a format's reader, of the version for this Spark. */
  private static String runtime(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    String artefact =
        RUNTIMES.entrySet().stream()
            .filter(known -> lower.contains(known.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse("the package that has it");
    return artefact
            .replace("SPARK", leading(package$.MODULE$.SPARK_VERSION()))
            .replace("SCALA", leading(Properties.versionNumberString()))
        + " with --packages, or its jars with --jars";
  }

  /** The first two numbers of a version. */
  private static String leading(String version) {
    return version.replaceFirst("^(\\d+\\.\\d+).*", "$1");
  }

  private static String said(Exception failure) {
    String message = failure.getMessage();
    return message == null
        ? failure.getClass().getSimpleName()
        : withoutSecret(FirstLine.of(message));
  }

  /** A URI's {@code user:password@} is not for logs. */
  private static String withoutSecret(String text) {
    return text.replaceAll("//[^/@:\\s]+:[^/@\\s]+@", "//");
  }

  private static Predicate<Throwable> named(String... simpleNames) {
    List<String> names = List.of(simpleNames);
    return failure -> names.contains(failure.getClass().getSimpleName());
  }

  private static Predicate<Throwable> says(String... words) {
    return failure -> {
      String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
      return Stream.of(words).anyMatch(message::contains);
    };
  }
}
