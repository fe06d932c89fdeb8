package io.deepincubation.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.data.pixels.ImageFiles;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.spark.prepare.Preparation;
import io.deepincubation.spark.prepare.PrepareJob;
import io.deepincubation.spark.prepare.Subset;
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
    Path cifar = Files.createDirectory(folder.resolve("cifar"));
    Files.write(cifar.resolve("train.bin"), new byte[6 * CIFAR_100_RECORD]);
    Files.write(cifar.resolve("test.bin"), new byte[2 * CIFAR_100_RECORD]);
    for (int i = 0; i < 8; i++) {
      Path photo = folder.resolve("photos/class " + i % 2 + "/" + i + ".png");
      Files.createDirectories(photo.resolveSibling(""));
      Files.write(photo, ImageFiles.png(Pixels.ofRgb(new int[] {i}, 1, 1)));
    }
    try (SparkSession spark = SparkSession.builder().config(conf(true)).getOrCreate()) {
      var storages = new HadoopStorageFactory(spark.sparkContext().hadoopConfiguration());
      var job = new PrepareJob(spark, storages);
      DataIndex ofCifar =
          job.run(Preparation.of(cifar.toString(), folder.resolve("to").toString()).shardSize(4))
              .index();
      DataIndex ofPhotos =
          job.run(
                  Preparation.of(folder.resolve("photos").toString(), folder + "/photos to")
                      .testFraction(0.25)
                      .subset(new Subset(1, false, 2)))
              .index();

      assertThat(ofCifar.count("train")).isEqualTo(6);
      assertThat(ofPhotos.count("train")).isEqualTo(4);
      assertThat(ofPhotos.count("test")).isEqualTo(2);
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
