package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.machine.NameEncoding;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.spark.storage.HadoopPaths;
import io.deepincubation.spark.storage.StorageFailure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * All files below a folder, at any depth, whatever their names; or a file by itself.
 *
 * @param root the folder's URI
 * @param files in the order of their names
 * @param folders names of the folders in it and, where a folder may be a split, in those, in order
 * @param isFile whether the place that was asked for is a file itself
 */
record FileListing(String root, List<Entry> files, List<String> folders, boolean isFile) {

  /**
   * A file.
   *
   * @param name below the root, with {@code /} between folders
   * @param length bytes
   * @param modified milliseconds since 1970
   */
  record Entry(String name, long length, long modified) implements Serializable {

    /** Whether the file or a folder of it has a name that begins with a dot. */
    boolean isHidden() {
      return name.startsWith(".") || name.contains("/.");
    }

    /** The name's end in lower case, such as {@code .jpg}; empty where it has none. */
    String extension() {
      String file = name.substring(name.lastIndexOf('/') + 1);
      int dot = file.lastIndexOf('.');
      return dot <= 0 ? "" : file.substring(dot).toLowerCase(Locale.ROOT);
    }

    /** What {@link LeftOut} calls files like this one. */
    String kind() {
      if (isHidden()) {
        return "hidden";
      }
      return extension().isEmpty() ? "without an extension" : extension();
    }
  }

  /**
   * Lists a place.
   *
   * @throws UnfitDataException if there is nothing, or a name that this Java cannot read
   * @throws StorageException if the file system refuses
   */
  static FileListing of(String from, Configuration configuration) {
    requireReadable(from, from);
    try {
      Path root = HadoopPaths.of(from);
      FileSystem fileSystem = root.getFileSystem(configuration);
      FileStatus status = fileSystem.getFileStatus(root);
      if (status.isFile()) {
        return file(status);
      }
      String uri = fileSystem.makeQualified(root).toString();
      return HadoopPaths.isLocal(fileSystem)
          ? local(from, uri, java.nio.file.Path.of(status.getPath().toUri().getPath()))
          : remote(uri, fileSystem, status.getPath());
    } catch (FileNotFoundException e) {
      throw new UnfitDataException(
          "Cannot read images from " + from + ": expected a folder or a table, got nothing there",
          e);
    } catch (IOException e) {
      throw StorageFailure.of("list", from, e);
    }
  }

  /** Whether the files are this machine's. */
  boolean isLocal() {
    return "file".equals(new Path(root).toUri().getScheme());
  }

  private static FileListing file(FileStatus status) {
    Path folder = status.getPath().getParent();
    var entry =
        new Entry(status.getPath().getName(), status.getLen(), status.getModificationTime());
    return new FileListing(folder.toString(), List.of(entry), List.of(), /* isFile= */ true);
  }

  private static FileListing sorted(String root, List<Entry> files, TreeSet<String> folders) {
    files.sort(Comparator.comparing(Entry::name));
    return new FileListing(root, files, List.copyOf(folders), /* isFile= */ false);
  }

  /** The URI of something in a folder. */
  static String at(String root, String name) {
    return root.endsWith("/") ? root + name : root + "/" + name;
  }

  /** The folder's own name. */
  String name() {
    return HadoopPaths.of(root).getName();
  }

  /** One listing of all keys, where the store can. */
  private static FileListing remote(String uri, FileSystem fileSystem, Path root)
      throws IOException {
    var files = new ArrayList<Entry>();
    var folders = new TreeSet<String>();
    for (Path folder : folders(fileSystem, root)) {
      folders.add(folder.getName());
      if (Splits.isUsual(folder.getName())) {
        folders(fileSystem, folder)
            .forEach(inner -> folders.add(folder.getName() + "/" + inner.getName()));
      }
    }
    int start = root.toUri().getPath().length() + (root.isRoot() ? 0 : 1);
    RemoteIterator<LocatedFileStatus> found = fileSystem.listFiles(root, true);
    while (found.hasNext()) {
      FileStatus status = found.next();
      String name = status.getPath().toUri().getPath().substring(start);
      files.add(new Entry(name, status.getLen(), status.getModificationTime()));
    }
    return sorted(uri, files, folders);
  }

  private static List<Path> folders(FileSystem fileSystem, Path root) throws IOException {
    return Stream.of(fileSystem.listStatus(root))
        .filter(FileStatus::isDirectory)
        .map(FileStatus::getPath)
        .toList();
  }

  /** Links are followed; one that leads nowhere counts as a file. */
  private static FileListing local(String from, String uri, java.nio.file.Path root)
      throws IOException {
    var files = new ArrayList<Entry>();
    var folders = new TreeSet<String>();
    Files.walkFileTree(
        root,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(
              java.nio.file.Path folder, BasicFileAttributes attributes) {
            String name = named(from, root, folder);
            int slash = name.indexOf('/');
            if (slash < 0 || Splits.isUsual(name.substring(0, slash))) {
              folders.add(name);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(
              java.nio.file.Path file, BasicFileAttributes attributes) {
            files.add(
                new Entry(
                    named(from, root, file),
                    attributes.size(),
                    attributes.lastModifiedTime().toMillis()));
            return FileVisitResult.CONTINUE;
          }
        });
    folders.remove("");
    return sorted(uri, files, folders);
  }

  private static String named(String from, java.nio.file.Path root, java.nio.file.Path file) {
    String name = root.relativize(file).toString();
    if (!isWhole(file)) {
      requireReadable(from, name);
      throw unreadable(from, name, "; rename the file");
    }
    return name;
  }

  /** Whether a path survives as text: Java loses what its character set for names lacks. */
  private static boolean isWhole(java.nio.file.Path file) {
    try {
      return java.nio.file.Path.of(file.toString()).equals(file);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Refuses a name with a mark for lost letters where this Java's names are not UTF-8. */
  private static void requireReadable(String from, String name) {
    String names = NameEncoding.here();
    if (name.indexOf('\uFFFD') >= 0 && !NameEncoding.isUtf8(names)) {
      throw unreadable(
          from,
          name,
          " by this Java, whose names are "
              + names
              + "; set LC_ALL=C.UTF-8 before it starts, on executors too"
              + " (spark.executorEnv.LC_ALL)");
    }
  }

  private static UnfitDataException unreadable(String from, String name, String more) {
    return new UnfitDataException(
        String.format(
            Locale.ROOT,
            "Cannot read images from %s: expected file names in UTF-8, got %s%s",
            from,
            name,
            more));
  }
}
