package io.deepincubation.spark.prepare;

import io.deepincubation.core.checkpoint.Storage;
import io.deepincubation.core.data.CifarSource;
import io.deepincubation.core.data.FirstOfEachClass;
import io.deepincubation.core.data.ImageFolderSource;
import io.deepincubation.core.data.ImageSource;
import io.deepincubation.core.data.UnfitDataException;
import io.deepincubation.spark.storage.StorageFactory;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** Opens the image source on the driver and again in every task; folders are listed once. */
final class SourceOpener implements Serializable, AutoCloseable {

  private final StorageFactory storages;
  private final String uri;
  private final boolean cifar;
  private final int imageSize;
  private final Broadcast<String[]> files;
  private final Broadcast<int[]> places;

  private SourceOpener(
      StorageFactory storages,
      Preparation request,
      boolean cifar,
      Broadcast<String[]> files,
      Broadcast<int[]> places) {
    this.storages = storages;
    this.uri = request.from();
    this.cifar = cifar;
    this.imageSize = request.imageSize().orElse(0);
    this.files = files;
    this.places = places;
  }

  /** Finds out the format, and lists the files where they are many. */
  static SourceOpener of(JavaSparkContext spark, StorageFactory storages, Preparation request) {
    boolean cifar =
        switch (request.format()) {
          case CIFAR -> true;
          case IMAGE_FOLDER -> false;
          case AUTO -> CifarSource.isIn(storages.open(request.from()));
        };
    String[] files = cifar ? new String[0] : list(spark, request.from()).toArray(String[]::new);
    Storage storage = storages.open(request.from());
    int[] places =
        request.imagesPerClass().isEmpty()
            ? new int[0]
            : FirstOfEachClass.places(
                source(storage, cifar, files, request.imageSize()),
                request.imagesPerClass().getAsInt());
    return new SourceOpener(
        storages, request, cifar, spark.broadcast(files), spark.broadcast(places));
  }

  /** The source. */
  ImageSource open() {
    OptionalInt size = imageSize == 0 ? OptionalInt.empty() : OptionalInt.of(imageSize);
    ImageSource all = source(storages.open(uri), cifar, files.value(), size);
    return places.value().length == 0 ? all : new FirstOfEachClass(all, places.value());
  }

  private static ImageSource source(
      Storage storage, boolean cifar, String[] files, OptionalInt imageSize) {
    return cifar
        ? new CifarSource(storage)
        : new ImageFolderSource(storage, List.of(files), imageSize);
  }

  /** Frees the lists on the driver and all executors. */
  @Override
  public void close() {
    files.destroy();
    places.destroy();
  }

  private static List<String> list(JavaSparkContext spark, String uri) {
    Path root = new Path(uri);
    try {
      FileSystem fileSystem = root.getFileSystem(spark.hadoopConfiguration());
      String prefix = fileSystem.makeQualified(root).toUri().getPath();
      int start = prefix.endsWith("/") ? prefix.length() : prefix.length() + 1;
      var names = new ArrayList<String>();
      RemoteIterator<LocatedFileStatus> files = fileSystem.listFiles(root, true);
      while (files.hasNext()) {
        names.add(files.next().getPath().toUri().getPath().substring(start));
      }
      return names;
    } catch (FileNotFoundException e) {
      throw new UnfitDataException(
          "Cannot read images from " + uri + ": expected a folder, got nothing there", e);
    } catch (IOException e) {
      throw new UnfitDataException("Cannot list the images of " + uri + ": " + e.getMessage(), e);
    }
  }
}
