package io.deepincubation.spark;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.checkpoint.MemoryUse;
import io.deepincubation.core.checkpoint.MetricsLine;
import io.deepincubation.core.checkpoint.RunRecord;
import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.core.checkpoint.StageResult.Shard;
import io.deepincubation.core.data.DataIndex;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.spark.prepare.Preparation;
import io.deepincubation.spark.prepare.PrepareJob;
import io.deepincubation.spark.storage.HadoopStorageFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

class KryoRecordTest {

  private static final int CIFAR_100_RECORD = 3074;
  private static final ClassTag<Object> ANY = ClassTag$.MODULE$.apply(Object.class);

  @ParameterizedTest
  @MethodSource("facts")
  void carriesWhatWeSendWhereRegistrationIsRequired(Object facts) {
    assertThat(roundTrip(conf(true), facts)).isEqualTo(facts);
  }

  static Stream<Object> facts() {
    Recipe recipe = Recipes.named("quickstart");
    var shard = new Shard("module-0.safetensors", "ab", 12);
    return Stream.of(
        "text",
        new ModularDivision(List.of(1, 3, 1, 1)),
        recipe,
        shard,
        result(List.of()),
        result(List.of(shard)),
        result(Stream.of(shard, shard, shard).toList()),
        new MetricsLine("now", "meta", null, 0, 1, 2, 0.5, 1e-3, 10, 0, null, 7, null),
        new RunRecord(
            1,
            "tiny",
            RecipeYaml.tree(recipe),
            "a",
            "file:data",
            "b",
            null,
            Map.of("java", "17"),
            Map.of("driver", 2, "task", 1),
            "now"),
        new ArrayList<>(List.of("a", "b")),
        Arrays.asList(1, 2),
        Collections.nCopies(3, 1),
        List.of(1, 2, 3, 4).subList(1, 3),
        Collections.unmodifiableMap(new TreeMap<>(Map.of("a", 1))),
        Collections.unmodifiableSortedMap(new TreeMap<>(Map.of("a", 1))));
  }

  @Test
  void carriesBytesWhereRegistrationIsRequired() {
    byte[][][] bytes = {{{1, 2}, {}}, {{3}}};

    assertThat((byte[][][]) roundTrip(conf(true), bytes)).isDeepEqualTo(bytes);
    assertThat((byte[][]) roundTrip(conf(true), bytes[0])).isDeepEqualTo(bytes[0]);
  }

  @Test
  void carriesStorageFactories() {
    var configuration = new Configuration();
    configuration.set("spark.hadoop.test", "secret");
    var factory = new HadoopStorageFactory(configuration);

    Object copy = roundTrip(conf(true), factory);

    assertThat(copy).usingRecursiveComparison().isEqualTo(factory);
  }

  @Test
  void carriesRecordsThatNobodyRegistered() {
    assertThat(roundTrip(conf(false), new Unregistered(1, "a")))
        .isEqualTo(new Unregistered(1, "a"));
  }

  private record Unregistered(int number, String text) {}

  @Test
  void checksRecordsOnArrival() {
    SerializerInstance kryo = new KryoSerializer(conf(false)).newInstance();
    String text = new String(kryo.serialize(new Checked("fit"), ANY).array(), ISO_8859_1);
    // the last letter of a text has its highest bit set
    String altered = text.replace("fi" + (char) ('t' | 0x80), "un" + (char) ('f' | 0x80));

    assertThatThrownBy(() -> kryo.deserialize(ByteBuffer.wrap(altered.getBytes(ISO_8859_1)), ANY))
        .hasRootCauseMessage("Cannot take unf: expected fit");
  }

  private record Checked(String text) {
    Checked {
      if (!text.equals("fit")) {
        throw new IllegalArgumentException("Cannot take " + text + ": expected fit");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void runsAJobThatBroadcastsBytesAndReturnsText(boolean registrationRequired) {
    try (var spark = new JavaSparkContext(conf(registrationRequired))) {
      Broadcast<byte[][][]> broadcast = spark.broadcast(new byte[][][] {{{1}}, {{2, 3}}});
      List<String> told =
          spark
              .parallelize(List.of(0, 1), 2)
              .map(i -> "module " + i + " of " + broadcast.value()[i][0].length + " bytes")
              .collect();

      assertThat(told).containsExactly("module 0 of 1 bytes", "module 1 of 2 bytes");
    }
  }

  @Test
  void preparesASetWhereRegistrationIsRequired(@TempDir Path folder) throws IOException {
    Files.write(folder.resolve("train.bin"), new byte[6 * CIFAR_100_RECORD]);
    Files.write(folder.resolve("test.bin"), new byte[2 * CIFAR_100_RECORD]);
    try (SparkSession spark = SparkSession.builder().config(conf(true)).getOrCreate()) {
      var storages = new HadoopStorageFactory(spark.sparkContext().hadoopConfiguration());
      DataIndex index =
          new PrepareJob(spark, storages)
              .run(Preparation.of(folder.toString(), folder.resolve("to").toString()).shardSize(4));

      assertThat(index.count("train")).isEqualTo(6);
    }
  }

  private static Object roundTrip(SparkConf conf, Object facts) {
    SerializerInstance kryo = new KryoSerializer(conf).newInstance();
    return kryo.deserialize(kryo.serialize(facts, ANY), ANY);
  }

  private static SparkConf conf(boolean registrationRequired) {
    return new SparkConf()
        .setMaster("local[2]")
        .setAppName("kryo")
        .set("spark.ui.enabled", "false")
        .set("spark.driver.host", "127.0.0.1")
        .set("spark.driver.bindAddress", "127.0.0.1")
        .set("spark.serializer", KryoSerializer.class.getName())
        .set("spark.kryo.registrator", IncubationKryoRegistrator.class.getName())
        .set("spark.kryo.registrationRequired", Boolean.toString(registrationRequired));
  }

  private static StageResult result(List<Shard> shards) {
    return new StageResult(
        "meta",
        null,
        1,
        2,
        3,
        4,
        null,
        0.5,
        2,
        "host",
        "1",
        "gpu 0",
        MemoryUse.UNKNOWN,
        0,
        9,
        3,
        "then",
        "now",
        shards,
        "ab");
  }
}
