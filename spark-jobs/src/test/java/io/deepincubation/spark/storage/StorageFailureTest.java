package io.deepincubation.spark.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.recipe.UsageException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class StorageFailureTest {

  @ParameterizedTest
  @MethodSource("refusals")
  void saysWhatToMend(Exception failure, String meaning) {
    assertThat(StorageFailure.of("read", "s3a://bucket/file", failure))
        .hasMessageStartingWith("Cannot read s3a://bucket/file: " + meaning)
        .hasCause(failure);
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of(new AccessDeniedException("file"), "access denied; check the credentials"),
        Arguments.of(
            new org.apache.hadoop.security.AccessControlException("no"), "access denied; check"),
        Arguments.of(new UnknownStoreException(), "there is no such bucket; create it"),
        Arguments.of(
            new IOException("wrapped", new UnknownHostException("h")), "the host is unknown"),
        Arguments.of(new ConnectException("refused"), "no connection; check"),
        Arguments.of(new IOException("No space left on device"), "the disk is full; free space"),
        Arguments.of(new FileNotFoundException("file"), "there is no such file; check the path"),
        Arguments.of(
            new RuntimeException(new ClassNotFoundException("S3AFileSystem")),
            "its connector is not on Spark's class path"),
        Arguments.of(
            new RuntimeException(new NoClassDefFoundError("com/amazonaws/AmazonClientException")),
            "its connector is not on Spark's class path"),
        Arguments.of(
            new RuntimeException(new ClassNotFoundException("org.example.Codec")),
            "class org.example.Codec is not on Spark's class path; add the package that has it with"
                + " --packages, or its jars with --jars"),
        Arguments.of(
            new IOException("odd at s3a://key:secret@bucket/file\nmore"),
            "odd at s3a://bucket/file; check the path and the file system's state"),
        Arguments.of(new IOException(), "IOException; check the path"));
  }

  @Test
  void tellsARefusalFromWhatCannotBeRead() {
    var denied = new RuntimeException("task failed", new AccessDeniedException("file"));

    assertThat(StorageFailure.among("read images from", "s3a://bucket/set", denied))
        .hasValueSatisfying(
            refusal ->
                assertThat(refusal)
                    .hasMessageStartingWith(
                        "Cannot read images from s3a://bucket/set: access denied; check")
                    .hasCause(denied));
    assertThat(StorageFailure.among("read", "file:/set", new FileNotFoundException("gone")))
        .isEmpty();
    assertThat(StorageFailure.among("read", "file:/set", new IOException("not a Parquet file")))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "Failed to find the data source: delta. Please find packages, io.delta:delta-spark_2.12",
    "[DATA_SOURCE_NOT_FOUND] Failed to find the data source: iceberg. Make sure,"
        + " org.apache.iceberg:iceberg-spark-runtime-3.5_2.12",
    "[DATA_SOURCE_NOT_FOUND] Failed to find data source: com.example.tape. Make, the package that"
        + " has it"
  })
  void aFormatWithoutAReaderIsNoRefusalOfTheStorage(String said, String runtime) {
    var failure = new RuntimeException(said, new ClassNotFoundException("X.DefaultSource"));

    assertThat(StorageFailure.among("read images from", "file:/set", failure))
        .hasValueSatisfying(
            refusal ->
                assertThat(refusal)
                    .isInstanceOf(UsageException.class)
                    .hasMessageStartingWith(
                        "Cannot read images from file:/set: Spark has no reader of the format ")
                    .hasMessageContaining("; add " + runtime + " with --packages, or its jars"));
  }

  @ParameterizedTest
  @MethodSource("uris")
  void hidesSecretsOfUris(String uri, String shown) {
    assertThat(StorageFailure.of("read", uri, new IOException("odd")))
        .hasMessageStartingWith("Cannot read " + shown + ": odd");
  }

  static Stream<Arguments> uris() {
    return Stream.of(
        Arguments.of("s3a://key:secret@bucket/a", "s3a://bucket/a"),
        Arguments.of("abfss://container@account/a", "abfss://container@account/a"));
  }

  /** Named as the one of the S3 connector, which is not on the class path. */
  private static final class UnknownStoreException extends IOException {}
}
