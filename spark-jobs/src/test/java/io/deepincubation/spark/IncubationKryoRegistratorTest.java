package io.deepincubation.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.spark.prepare.Preparation;
import io.deepincubation.spark.prepare.PrepareJob;
import io.deepincubation.spark.storage.HadoopStorageFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

class IncubationKryoRegistratorTest {

  private static final int CIFAR_100_RECORD = 3074;
  private static final ClassTag<Object> ANY = ClassTag$.MODULE$.apply(Object.class);

  @Test
  void carriesBytesWhereRegistrationIsRequired() {
    byte[][][] bytes = {{{1, 2}, {}}, {{3}}};

    assertThat((byte[][][]) roundTrip(conf(true), bytes)).isDeepEqualTo(bytes);
    assertThat((byte[][]) roundTrip(conf(true), bytes[0])).isDeepEqualTo(bytes[0]);
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
}
